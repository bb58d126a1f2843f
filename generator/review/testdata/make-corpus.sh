#!/bin/sh
# Makes the corpus again, all of it or the files whose names are given, such as
# libreoffice/reword.docx. What LibreOffice writes differs from one edition of it
# to the next; everything else comes out the same, byte for byte.
set -eu

cd "$(dirname "$0")"
python="${PYTHON_WITH_UNO:-/usr/bin/python3}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
PYTHONDONTWRITEBYTECODE=1 OFFICE_PROFILE="$scratch/profile"
export PYTHONDONTWRITEBYTECODE OFFICE_PROFILE

wanted=" $* "
want() { [ "$wanted" = "  " ] || case "$wanted" in *" $1 "*) ;; *) return 1 ;; esac; }

if want base.docx; then
	(cd ../../.. && go run ./cmd/policygen generate generator/review/testdata/school.toml --edition 2016-09 --format docx \
		--policy cameras-and-images-policy --overwrite -o "$scratch/out" >/dev/null)
	cp "$scratch"/out/*/cameras-and-images-policy.docx base.docx
fi

mkdir -p libreoffice word google
for name in $(python3 edit.py list); do
	want "libreoffice/$name.docx" || continue
	echo "libreoffice/$name.docx"
	timeout 300 "$python" edit.py "$name" base.docx "libreoffice/$name.docx"
done
for name in $(python3 flavour.py list); do
	want "word/$name.docx" || continue
	echo "word/$name.docx"
	python3 flavour.py "$name" base.docx "word/$name.docx"
done
if want google/google-docs.docx; then
	echo google/google-docs.docx
	python3 google.py base.docx google/google-docs.docx
fi
python3 expected.py
