package scenario

import "testing"

func TestLoadTestdata(t *testing.T) {
	all, err := Load("../../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range all {
		n += len(s.Questions)
	}
	t.Logf("%d scenarios, %d questions", len(all), n)
}
