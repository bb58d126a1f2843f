# The things one does. Nothing clever.

.PHONY: test check update fuzz validate browser bench bench-bulk examples

# What a contributor runs.
test:
	go vet ./...
	go test ./...

# The same, with what a reviewer would say.
check: test
	@test -z "$$(gofmt -l cmd generator templates)" || { gofmt -l cmd generator templates; echo "these files want gofmt"; exit 1; }
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...
	GOOS=js GOARCH=wasm go build ./generator/...
	CGO_ENABLED=0 go build -o /dev/null ./cmd/policygen
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# Rewrites what tests want. Read it before you commit it.
update:
	go test ./generator ./generator/document ./generator/review ./cmd/policygen -update

# The documents of the examples, in the folder out, to look at.
examples:
	for f in examples/*.toml; do go run ./cmd/policygen generate --overwrite --fragment $$f || exit 1; done

# Each law for a minute.
fuzz:
	go test ./generator/toml -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 1m
	go test ./generator/setting -run '^$$' -fuzz '^FuzzRead$$' -fuzztime 1m
	go test ./generator/document -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 1m
	go test ./generator/sheet -run '^$$' -fuzz '^FuzzCSV$$' -fuzztime 1m
	go test ./generator -run '^$$' -fuzz '^FuzzDetails$$' -fuzztime 1m
	go test ./generator -run '^$$' -fuzz '^FuzzDrafts$$' -fuzztime 1m
	go test ./generator -run '^$$' -fuzz '^FuzzBase$$' -fuzztime 1m
	go test ./generator/review -run '^$$' -fuzz '^FuzzTemplatesUnchanged$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzSchoolUnchanged$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzSchoolHasLatest$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzSchoolsWords$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzTwice$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzWithoutBase$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzSectionsTakenOut$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzChoices$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzRaw$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator -run '^$$' -fuzz '^FuzzCensus$$' -fuzztime 1m
	go test ./generator/review -run '^$$' -fuzz '^FuzzRevise$$' -fuzztime 1m -fuzzminimizetime 10x
	go test ./generator/review -run '^$$' -fuzz '^FuzzOpen$$' -fuzztime 1m -fuzzminimizetime 10x

# Every example as a Word file: the Open XML SDK finds nothing, and LibreOffice
# prints its words. Documents brought forward: it finds nothing new, and LibreOffice
# accepts and rejects their changes as we do. Installs what it needs.
validate:
	validator="$$(.ci/tools)" && OOXML_VALIDATOR="$$validator" go test -tags office -count=1 -timeout 14m -run '^TestOffice' -v ./generator

# Every page of the examples in a browser: axe finds nothing, and nothing
# scrolls at 320 pixels. Needs Chromium and npm.
browser:
	.ci/browser

bench:
	go test ./generator ./generator/review ./cmd/policygen -run '^$$' -bench . -skip Bulk -benchmem

# How long many settings take, and what they hold: make bench-bulk SETTINGS=1000.
# BULK_DIR=/dev/shm keeps the disk out of it.
SETTINGS ?= 300
bench-bulk:
	SETTINGS=$(SETTINGS) BULK_DIR=$(BULK_DIR) go test ./cmd/policygen -run '^$$' -bench Bulk -benchtime 1x -timeout 2h
