package netgen

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOrganisationIsDeterministicAndResolves(t *testing.T) {
	spec := OrganisationSpec{Accounts: 5, VPCs: 9, Interfaces: 60}
	made := func() memory {
		m := memory{}
		if err := Organisation(m.create, spec); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := made()
	if diff := cmp.Diff(m, made(), asText); diff != "" {
		t.Errorf("the same spec, other files:\n%s", diff)
	}
	seen := map[string]int{}
	for i := range spec.Interfaces {
		seen[spec.Address(i).String()]++
	}
	if len(seen) != spec.Interfaces {
		t.Errorf("%d addresses for %d interfaces", len(seen), spec.Interfaces)
	}
	parts := map[string]bool{}
	for name := range m {
		parts[name[:len("100000000000/us")]] = true
	}
	if len(parts) < 5 {
		t.Errorf("parts %v", parts)
	}
}

func TestOrganisationSpecs(t *testing.T) {
	for _, s := range []OrganisationSpec{{Accounts: 1, VPCs: 1}, {Accounts: 2}, {Accounts: 2, VPCs: 1, Interfaces: 1001}, {Accounts: 2, VPCs: MaxOrganisationVPCs + 1}} {
		if err := Organisation(memory{}.create, s); err == nil {
			t.Errorf("%+v: no error", s)
		}
	}
}
