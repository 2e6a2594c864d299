package snapshot

import (
	"fmt"
)

// Options bounds what Open reads. Snapshots are other people's data: without bounds a few kilobytes of
// archive could fill the memory of the machine. The zero value means the defaults, which hold a snapshot of
// about a million network interfaces.
type Options struct {
	// MaxBytes bounds the uncompressed bytes of all files together. 0 means 4 GiB.
	MaxBytes int64

	// MaxFileBytes bounds the uncompressed bytes of one file. 0 means 3 GiB.
	MaxFileBytes int64

	// MaxFiles bounds the number of files, and of folders. 0 means 100,000.
	MaxFiles int

	// MaxDepth bounds how deep arrays and objects nest in what is passed over. 0 means 100; AWS's own
	// answers stay under 15. Inside records, and whatever is set here, nothing nests deeper than 10,000.
	MaxDepth int

	// MaxMemory bounds an upper estimate of the memory, in bytes, that decoded records take. The estimate
	// counts every object and member that a file holds, read or passed over. 0 means 12 GiB, which real
	// answers reach at about 4 GiB of files.
	MaxMemory int64

	// Progress, if not nil, is called about once per megabyte with the bytes read so far and the bytes there
	// are to read (0 where that is unknown). It is called from other goroutines than Open's, but never by
	// two at once, and done never shrinks.
	Progress func(done, total int64)
}

// The defaults of Options, and bounds that nobody has had a reason to change.
const (
	defaultMaxBytes     = 4 << 30
	defaultMaxFileBytes = 3 << 30
	defaultMaxFiles     = 100_000
	defaultMaxDepth     = 100
	defaultMaxMemory    = 12 << 30

	// maxDecoderDepth is where the JSON decoder itself gives up.
	maxDecoderDepth = 10_000

	// maxTokenBytes bounds one string or number: the decoder must hold it whole. The largest strings of AWS
	// are policy documents, which stay under 100 kB.
	maxTokenBytes = 16 << 20

	// maxRatio bounds uncompressed to compressed bytes of an archive, beyond an allowance for small ones.
	// Describe answers reach 16 to 40.
	maxRatio          = 400
	maxRatioAllowance = 64 << 20

	// maxKeysListed bounds the top-level keys that File lists, maxKeyBytes the length of each.
	maxKeysListed = 100
	maxKeyBytes   = 128

	// maxManifestBytes bounds the manifest, which is held in memory whole.
	maxManifestBytes = 256 << 20
)

// withDefaults fills in what was left zero.
func (o Options) withDefaults() Options {
	fill := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	fill(&o.MaxBytes, defaultMaxBytes)
	fill(&o.MaxFileBytes, defaultMaxFileBytes)
	fill(&o.MaxMemory, defaultMaxMemory)
	if o.MaxFiles <= 0 {
		o.MaxFiles = defaultMaxFiles
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = defaultMaxDepth
	}
	o.MaxDepth = min(o.MaxDepth, maxDecoderDepth)
	return o
}

// LimitError reports a snapshot that is larger than Options allow. Nothing of it is used: a part of a snapshot
// that was cut off by a bound would be indistinguishable from a smaller network.
type LimitError struct {
	Limit string // the field of Options, or "ratio"
	Max   int64
	File  string // where the bound was passed; may be empty
}

func (e *LimitError) Error() string {
	where := ""
	if e.File != "" {
		where = quotePath(e.File) + ": "
	}
	switch e.Limit {
	case "MaxFiles":
		return fmt.Sprintf("%smore than %d files: point at the snapshot's own folder, or raise the limit", where, e.Max)
	case "ratio":
		return fmt.Sprintf("%sunpacks to more than %d times its size: not an archive of AWS answers", where, e.Max)
	case "MaxMemory":
		return fmt.Sprintf("%srecords would take more than %d MiB of memory: raise the limit if the file is genuine",
			where, e.Max>>20)
	}
	return fmt.Sprintf("%smore than %d bytes: raise the limit if the snapshot is genuine", where, e.Max)
}

// Error is the problem on one line: place, what, and what to do.
func (p *Problem) Error() string {
	s := quotePath(p.File)
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	if p.Pointer != "" {
		s += " at " + printable(p.Pointer)
	}
	s += ": " + p.What
	if p.Do != "" {
		s += ": " + p.Do
	}
	return s
}
