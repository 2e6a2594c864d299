// Command netgen writes a large ordinary network, or an organisation's, into a folder, as the files of AWS answers that vpcreach reads.
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
	accounts := flag.Int("accounts", 0, "make an organisation of that many accounts in three Regions instead, with -interfaces and -vpcs")
	vpcs := flag.Int("vpcs", 200, "how many VPCs an organisation has")
	out := flag.String("out", "", "the `folder` to write to; it is made if need be")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	create := func(name string) (io.WriteCloser, error) {
		path := filepath.Join(*out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		return os.Create(path)
	}
	make := func() error { return netgen.Large(create, spec) }
	if *accounts > 0 {
		make = func() error {
			return netgen.Organisation(create, netgen.OrganisationSpec{Accounts: *accounts, VPCs: *vpcs, Interfaces: spec.Interfaces})
		}
	}
	if err := make(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
