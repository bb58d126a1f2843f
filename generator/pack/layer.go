package pack

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/source"
)

// This file finds the files of layers that change nothing. Whoever has put a
// file into a layer counts on it: a name with a slip in it would leave what is
// built in standing, in every document, without a word.

// registers are the files that stand at the top of a layer.
var registers = []string{"form.toml", "guidance.toml", "contacts.toml", "requirements.toml", "changes.toml"}

// maxUnused is how many files of a layer are reported one by one. A folder with
// more of them is not meant to be a layer.
const maxUnused = 20

// How deep in a folder files are looked for, and how many.
const (
	maxDepth = 6
	maxFiles = 5000
)

// checkLayers reports every file of a layer that nothing uses, but for those
// that are there for people or for other programs. builtin are the files that
// the edition and the look have.
func (r *reader) checkLayers(builtin []string) error {
	for _, l := range r.pack.layers[1:] {
		files, err := filesOf(l.FS, ".")
		if err != nil {
			return err
		}
		unused := 0
		for _, name := range files {
			pos := source.Pos{File: path.Join(l.Name, name)}
			folder, partial := path.Dir(name), strings.TrimSuffix(path.Base(name), ".md")
			switch {
			case name == "edition.toml":
				r.problems.Add(pos, "take it out: a layer changes templates, and not what edition they are of", "nothing uses this file")
			case !r.takes(name, builtin):
				if unused++; unused <= maxUnused {
					r.problems.Add(pos, r.belongs(l, name, builtin), "nothing uses this file")
				}
			case folder == "partials" && !r.called[partial] && !r.unread && !slices.Contains(builtin, name):
				r.problems.Add(pos, source.DidYouMean(partial, sortedKeys(r.called)), "no template calls the partial %q", partial)
			}
		}
		pos := source.Pos{File: l.Name}
		if unused > maxUnused {
			r.problems.Add(pos, "", "nothing uses %d more files in this folder", unused-maxUnused)
		}
		if len(files) == 0 {
			r.problems.Add(pos, "put files into it that are called as those of policygen templates export, or by the code of a section", "the folder changes nothing")
		}
	}
	return nil
}

// filesOf returns the names of the files in a folder, in order, without those
// that are for people or for other programs: what begins with README, is hidden,
// or is the mark that an office program, an editor or Windows leaves.
func filesOf(f fs.FS, folder string) ([]string, error) {
	var names []string
	var in func(folder string, depth int) error
	in = func(folder string, depth int) error {
		entries, err := fs.ReadDir(f, folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			if aside(e.Name()) {
				continue
			}
			info, err := fs.Stat(f, name) // what a link leads to
			if err != nil {
				return err
			}
			switch {
			case len(names) == maxFiles:
				return nil
			case !info.IsDir():
				names = append(names, name)
			case depth < maxDepth:
				if err := in(name, depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err := in(folder, 1)
	return names, err
}

// aside reports whether a file or folder of that name is no part of a layer.
func aside(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || strings.HasSuffix(name, "~") ||
		lower == "thumbs.db" || lower == "desktop.ini" || strings.HasPrefix(lower, "readme")
}

// takes reports whether a pack reads a file of that name from a layer.
func (r *reader) takes(name string, builtin []string) bool {
	folder, base := path.Split(name)
	switch folder = strings.TrimSuffix(folder, "/"); {
	case folder == "":
		return slices.Contains(registers, base)
	case folder == "partials", r.pack.Edition.Family(folder) != nil:
		return strings.HasSuffix(base, ".md")
	}
	return slices.Contains(builtin, name)
}

// belongs says where a file that nothing uses was meant to stand, if that can be
// guessed: its section, file or folder is known by another name.
func (r *reader) belongs(l Layer, name string, builtin []string) string {
	base := path.Base(name)
	stem := strings.TrimSuffix(base, path.Ext(base))
	meant := ""
	if code := strings.ToUpper(stem); sectionCode.MatchString(code) {
		for _, f := range r.pack.Edition.Families {
			if strings.HasPrefix(code, f.Code+"-") {
				meant = path.Join(f.ID, code+".md")
			}
		}
	}
	for rest := name; meant == "" && rest != ""; {
		if slices.Contains(builtin, rest) {
			meant = rest
		}
		_, rest, _ = strings.Cut(rest, "/")
	}
	if meant == "" {
		meant = source.Nearest(name, builtin)
	}
	if folder := path.Base(path.Dir(name)); meant == "" && folder != "." {
		folders := []string{"partials"}
		for _, f := range r.pack.Edition.Families {
			folders = append(folders, f.ID)
		}
		if near := source.Nearest(folder, folders); near != "" {
			meant = path.Join(near, stem+".md")
		}
	}
	if meant == "" || meant == name {
		return "take it out of the folder, or give it a name that policygen templates export has"
	}
	return fmt.Sprintf("did you mean %s?", path.Join(l.Name, meant))
}

// builtinFiles returns the names that the files of an edition and of the look
// have in a layer.
func (r *reader) builtinFiles(templates fs.FS) ([]string, error) {
	names, err := filesOf(r.pack.layers[0].FS, ".")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(templates, "look"); err == nil {
		look, err := filesOf(templates, "look")
		if err != nil {
			return nil, err
		}
		names = append(names, look...)
	}
	return names, nil
}
