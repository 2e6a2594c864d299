// Command netgen writes a large ordinary network into a folder, as the files of AWS answers that vpcreach reads.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/vpcreach/vpcreach/internal/netgen"
)

func main() {
	var spec netgen.LargeSpec
	flag.IntVar(&spec.Interfaces, "interfaces", 1000, "how many instances, with one interface each")
	flag.IntVar(&spec.PerVPC, "per-vpc", 0, "how many of them in a VPC (0: 500)")
	flag.Uint64Var(&spec.Seed, "seed", 1, "what varies the rules")
	flag.BoolVar(&spec.Compact, "compact", false, "leave out white space")
	out := flag.String("out", "", "the `folder` to write to; it is made if need be")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := write(*out, spec); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write makes the folder and writes the network's files into it.
func write(folder string, spec netgen.LargeSpec) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return netgen.Large(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(folder, name)) }, spec)
}
