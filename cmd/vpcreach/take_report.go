package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/snapshot"
	"github.com/vpcreach/vpcreach/snapshot/collect"
)

// takeReport says what was taken of each account's Region, and what is unknown because of what was not.
func (a *app) takeReport(o collect.Options, r *collect.Result) {
	a.takenTable(r)
	a.takenMissing(missingOf(r))
	out := explain.PrintableMax(o.Out, 200)
	switch {
	case r.Interrupted:
		fmt.Fprintf(a.stdout, "\nInterrupted. %s holds what was answered; the same command with --resume goes on.\n", out)
	case r.Partial():
		fmt.Fprintf(a.stdout, "\nPartial. %s holds what was answered; the same command with --resume asks for the rest.\n", out)
	default:
		fmt.Fprintf(a.stdout, "\nComplete. Ask: vpcreach show %s\n", out)
	}
}

// takenMissing says what is unknown for want of answers; what no rule reads yet stands at the end.
func (a *app) takenMissing(missing []*missingCall) {
	var spare []string
	first := true
	for _, m := range missing {
		needs := collect.Needs(m.op)
		if strings.HasPrefix(needs, "nothing yet") {
			spare = append(spare, fmt.Sprintf("%s (%s%s)", m.op, m.state, m.times()))
			continue
		}
		if first {
			fmt.Fprintln(a.stdout, "\nUnknown because of what was not answered:")
			first = false
		}
		fmt.Fprintf(a.stdout, "  %s (%s%s): %s\n", m.op, m.state, m.times(), cmp.Or(needs, "see docs/collecting.md"))
		fmt.Fprintf(a.stdout, "    %s %s: %s\n", m.account, m.region, explain.PrintableMax(cmp.Or(m.text, "no error was given"), 300))
	}
	if spare != nil {
		fmt.Fprintln(a.stdout, "\nNot answered, and not needed by any rule yet: "+strings.Join(spare, ", "))
	}
}

// takenTable counts calls and records of each account's Region.
func (a *app) takenTable(r *collect.Result) {
	type key struct{ account, region string }
	type row struct{ calls, complete, records int }
	rows := make(map[key]*row)
	var order []key
	for _, t := range r.Calls {
		k := key{t.Account, t.Region}
		if rows[k] == nil {
			rows[k] = &row{}
			order = append(order, k)
		}
		rows[k].calls++
		rows[k].records += t.Items
		if t.State == snapshot.Complete {
			rows[k].complete++
		}
	}
	slices.SortFunc(order, func(x, y key) int {
		return cmp.Or(strings.Compare(x.account, y.account), strings.Compare(x.region, y.region))
	})
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "account\tregion\tcalls\tcomplete\trecords")
	for _, k := range order {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\n", k.account, k.region, rows[k].calls, rows[k].complete, rows[k].records)
	}
	_ = w.Flush()
}

// missingCall is one kind of call that was not answered, with the first of those that were not.
type missingCall struct {
	op              snapshot.Operation
	state           snapshot.State
	account, region string
	text            string
	count           int
}

func (m *missingCall) times() string {
	if m.count == 1 {
		return ""
	}
	return fmt.Sprintf(", %d times", m.count)
}

// missingOf gathers what was not answered, by call and state, in the order of the calls.
func missingOf(r *collect.Result) []*missingCall {
	var out []*missingCall
	for _, t := range r.Calls {
		if t.State == snapshot.Complete {
			continue
		}
		i := slices.IndexFunc(out, func(m *missingCall) bool { return m.op == t.Operation && m.state == t.State })
		if i < 0 {
			i = len(out)
			out = append(out, &missingCall{op: t.Operation, state: t.State, account: t.Account, region: t.Region, text: t.Error})
		}
		out[i].count++
	}
	slices.SortStableFunc(out, func(x, y *missingCall) int {
		return cmp.Or(strings.Compare(string(x.op), string(y.op)), strings.Compare(string(x.state), string(y.state)))
	})
	return out
}
