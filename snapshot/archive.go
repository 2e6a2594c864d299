package snapshot

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// methodZstd is the compression method 93 of the ZIP specification.
const methodZstd = zstd.ZipMethodWinZip

// maxZstdWindow bounds what one zstd frame may ask for; our own writer stays under 8 MiB.
const maxZstdWindow = 32 << 20

// archiveSource lists the files of a ZIP archive whose entries are stored, deflated or zstd.
//
// An archive that names anything but plain files inside itself is refused as a whole: no tool that
// collects answers writes one, so it was made to harm.
func archiveSource(r io.ReaderAt, size int64, opts Options) (*source, error) {
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("archive is damaged or cut short (%v): copy it again", err)
	}
	zr.RegisterDecompressor(methodZstd, zstd.ZipDecompressor(
		zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderLowmem(true)))
	if len(zr.File) > opts.MaxFiles {
		return nil, &LimitError{Limit: "MaxFiles", Max: int64(opts.MaxFiles)}
	}
	s := &source{packed: size}
	seen := make(map[string]bool, len(zr.File))
	for _, f := range zr.File {
		if err := safeName(f, seen); err != nil {
			return nil, err
		}
		if f.Mode().IsDir() || hiddenAnywhere(f.Name) {
			continue
		}
		s.entries = append(s.entries, entry{
			path: f.Name,
			size: int64(min(f.UncompressedSize64, 1<<62)),
			open: func() (io.ReadCloser, error) { return f.Open() },
		})
	}
	s.sort()
	return s, nil
}

// safeName refuses names that leave the archive, that come twice, and entries that are not files.
func safeName(f *zip.File, seen map[string]bool) error {
	name := strings.TrimSuffix(f.Name, "/")
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("archive has an entry with the unsafe name %s: refused", printable(f.Name))
	}
	if m := f.Mode(); !m.IsDir() && !m.IsRegular() {
		return fmt.Errorf("archive entry %s is not a plain file: refused", quotePath(f.Name))
	}
	if seen[name] {
		return fmt.Errorf("archive has two entries named %s: refused", quotePath(f.Name))
	}
	seen[name] = true
	return nil
}

// hiddenAnywhere is hidden for every component, because an archive is not walked folder by folder. macOS
// adds __MACOSX to the archives it makes.
func hiddenAnywhere(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}
