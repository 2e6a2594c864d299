package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// question is one question as it is written: on the command line, or on a line of a batch.
type question struct {
	from, to, protocol        string
	sourceAddress, sourcePort string
	destinationAddress        string
	reading, account, region  string
	assume                    string
	noAssume                  bool
	through, exclude          []string
	filterAtSource            string
	filterAtDestination       string
}

// pathFlags are the flags of the path command.
type pathFlags struct {
	question
	format, color, batch, declare string
}

const pathLong = `Decide whether traffic gets from FROM to TO, and show the way hop by hop, or what blocks it and how to open it.

SNAPSHOT  a folder, an archive or a JSON file with answers of AWS's describe calls
FROM, TO  a resource id or ARN (instance, network interface, internet gateway, peering, endpoint), an address or CIDR, vpc-ID/ADDRESS,
          internet, a Name tag, tag:KEY=VALUE, a service's name (orders-db, alb/web), a host name of the answers, or a network
          that --declare names
PROTOCOL  tcp, udp, icmp, esp, ... or a number; /443, /80,443, /5000-5010 for ports, icmp/8/0 for type and code.
          Left out: every protocol and port, and the answer says which get through

Exit status: 0 reachable, 1 unreachable, 2 the question or the input is wrong, 3 unknown or ambiguous.

A batch holds one question a line: FROM TO [PROTOCOL[/PORTS]] and then options such as reading=aws or source-port=53,
named as the flags are. Names with spaces stand in double quotes; # starts a comment. Each question gives one JSON
object on one line, in order; a line that cannot be asked gives an error object and the run goes on. The exit status is 2
if a line could not be asked, else 3 if an answer is unknown or ambiguous, else 1 if one is unreachable, else 0.`

func (a *app) pathCommand() *cobra.Command {
	var f pathFlags
	c := &cobra.Command{
		Use:   "path SNAPSHOT FROM TO [PROTOCOL[/PORTS]]",
		Short: "Decide whether traffic gets from FROM to TO, and show the way or what blocks it",
		Long:  pathLong,
		Example: `  vpcreach path ./snapshot app-1 db-1 tcp/5432
  vpcreach path ./snapshot internet i-0123456789abcdef0 tcp/443 --source-address 198.51.100.7
  vpcreach path ./snapshot eni-0123456789abcdef0 10.0.3.0/24 --reading aws --format json
  vpcreach path ./snapshot igw-0123456789abcdef0 i-0123456789abcdef0 tcp/22 --format aws
  vpcreach path snapshot.zip --batch questions.txt
  vpcreach path ./snapshot app-1 db-1 tcp/5432 --format mermaid
  vpcreach path ./snapshot app-1 office tcp/443 --declare sites.yaml
  echo 'internet web-1 tcp/22' | vpcreach path ./snapshot --batch -`,
		Args: func(c *cobra.Command, args []string) error {
			if f.batch != "" && f.format != "json" && c.Flags().Changed("format") {
				return errors.New("--batch answers in JSON, one object a line: leave out --format " + f.format)
			}
			if err := f.impliedReading(c.Flags().Changed("reading")); err != nil {
				return err
			}
			return f.checkArgs(args)
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.path(&f, args) },
	}
	fs := c.Flags()
	fs.StringVar(&f.sourceAddress, "source-address", "", "narrow the source to this address or CIDR")
	fs.StringVar(&f.sourcePort, "source-port", "", "client ports, such as 53 or 1024-65535 (default 1024-65535; with --reading aws any)")
	fs.StringVar(&f.destinationAddress, "destination-address", "", "narrow the destination to this address or CIDR")
	fs.StringArrayVar(&f.through, "through", nil, "a component that the path has to pass: id, ARN or name; may be repeated")
	fs.StringArrayVar(&f.exclude, "exclude", nil, "a component that the path must not meet; may be repeated")
	fs.StringVar(&f.filterAtSource, "filter-at-source", "", "narrow what leaves FROM, spelled as AWS's FilterAtSource: SourceAddress=...,DestinationPortRange={FromPort=80,ToPort=90}")
	fs.StringVar(&f.filterAtDestination, "filter-at-destination", "", "the header that packets have to arrive with, spelled the same")
	fs.StringVar(&f.reading, "reading", "strict", "strict: a session works; aws: what Reachability Analyzer would say")
	fs.StringVar(&f.account, "account", "", "look FROM and TO up in this account only")
	fs.StringVar(&f.region, "region", "", "look FROM and TO up in this Region only")
	fs.StringVar(&f.assume, "assume", "", "take as there and allowing what no answer describes: network-acls, gateways")
	fs.BoolVar(&f.noAssume, "no-assume", false, "assume nothing that the answers do not say")
	declareFlag(fs, &f.declare)
	fs.StringVar(&f.batch, "batch", "", "ask every question of this file (- for standard input)")
	fs.StringVar(&f.format, "format", "text", "text, json, mermaid, dot, or aws: as Reachability Analyzer answers, in --reading aws")
	fs.StringVar(&f.color, "color", "auto", "auto, always or never; auto honours NO_COLOR")
	return c
}

// impliedReading makes --format aws mean --reading aws: in that shape there is nothing else to say.
func (f *pathFlags) impliedReading(given bool) error {
	if f.format != "aws" {
		return nil
	}
	if given && f.reading != "aws" {
		return fmt.Errorf("--format aws answers in reading aws: leave out --reading %s", f.reading)
	}
	f.reading = "aws"
	return nil
}

// checkArgs says what is wrong with the arguments before any file is opened.
func (f *pathFlags) checkArgs(args []string) error {
	const usage = "vpcreach path SNAPSHOT FROM TO [PROTOCOL[/PORTS]]"
	switch {
	case f.batch != "" && len(args) != 1:
		return errors.New("--batch takes its questions from the file: write vpcreach path SNAPSHOT --batch FILE")
	case f.batch == "" && len(args) < 3:
		return fmt.Errorf("SNAPSHOT, FROM and TO are needed: write %s", usage)
	case f.batch == "" && len(args) > 4:
		return fmt.Errorf("%d arguments are too many: write %s, names with spaces in quotes", len(args), usage)
	}
	if err := oneOf("format", f.format, "text", "json", "aws", "mermaid", "dot"); err != nil {
		return err
	}
	return oneOf("color", f.color, "auto", "always", "never")
}

func (a *app) path(f *pathFlags, args []string) error {
	if f.batch != "" {
		return a.batch(f, args[0])
	}
	f.from, f.to = args[1], args[2]
	if len(args) > 3 {
		f.protocol = args[3]
	}
	if err := f.question.check(); err != nil {
		return err
	}
	n, err := a.load(args[0], f.declare)
	if err != nil {
		return err
	}
	r, err := f.question.ask(n)
	if err != nil {
		return err
	}
	if err := a.print(r, f); err != nil {
		return fmt.Errorf("the answer cannot be written: %w", err)
	}
	a.status = statusOf(r.Verdict)
	return nil
}

func (a *app) print(r *solver.Result, f *pathFlags) error {
	switch f.format {
	case "json":
		return explain.JSON(a.stdout, r, explain.JSONOptions{Version: version()})
	case "aws":
		return explain.AWS(a.stdout, r, explain.JSONOptions{})
	case "mermaid":
		return explain.Mermaid(a.stdout, r)
	case "dot":
		return explain.DOT(a.stdout, r)
	}
	return explain.Text(a.stdout, r, explain.TextOptions{Color: a.colored(f.color), Width: columns(a.stdout)})
}

// colored says whether to write colours. A flag that was given wins over NO_COLOR (https://no-color.org).
func (a *app) colored(flag string) bool {
	if flag == "auto" {
		return a.env("NO_COLOR") == "" && a.env("TERM") != "dumb" && isTerminal(a.stdout)
	}
	return flag == "always"
}

// ask looks up the ends of a question and answers it.
func (q *question) ask(n *model.Network) (*solver.Result, error) {
	query, err := q.query()
	if err != nil {
		return nil, err
	}
	scope := model.Scope{Account: q.account, Region: q.region}
	if query.From, err = n.Resolve(q.from, scope); err != nil {
		return nil, fmt.Errorf("FROM: %w", err)
	}
	if query.To, err = n.Resolve(q.to, scope); err != nil {
		return nil, fmt.Errorf("TO: %w", err)
	}
	if query.Through, err = components(n, "through", q.through, scope); err != nil {
		return nil, err
	}
	if query.Exclude, err = components(n, "exclude", q.exclude, scope); err != nil {
		return nil, err
	}
	return solver.Solve(n, query)
}

// check says what can be known to be wrong with a question without the network.
func (q *question) check() error {
	_, err := q.query()
	return err
}

// query is all of the question but its ends.
func (q *question) query() (solver.Query, error) {
	var out solver.Query
	var err error
	if out.Protocol, err = solver.ParseProtocol(q.protocol); err != nil {
		return out, err
	}
	if out.Reading, err = solver.ParseReading(q.reading); err != nil {
		return out, err
	}
	if out.SourcePorts, err = solver.ParsePorts(q.sourcePort); err != nil {
		return out, fmt.Errorf("source-port: %w", err)
	}
	if out.SourceAddresses, err = prefixes("source-address", q.sourceAddress); err != nil {
		return out, err
	}
	if out.DestinationAddresses, err = prefixes("destination-address", q.destinationAddress); err != nil {
		return out, err
	}
	if err = q.filters(&out); err != nil {
		return out, err
	}
	out.Assume, err = q.assumptions()
	return out, err
}

// filters reads the filters on headers.
func (q *question) filters(out *solver.Query) error {
	if q.filterAtDestination != "" {
		m, err := solver.ParseFilter(q.filterAtDestination)
		if err != nil {
			return fmt.Errorf("filter-at-destination: %w", err)
		}
		out.AtDestination = m
	}
	if q.filterAtSource != "" {
		m, err := solver.ParseFilter(q.filterAtSource)
		if err == nil {
			err = out.FilterAtSource(m)
		}
		if err != nil {
			return fmt.Errorf("filter-at-source: %w", err)
		}
	}
	return nil
}

// components looks up the components of a filter.
func components(n *model.Network, option string, names []string, scope model.Scope) ([]model.Ref, error) {
	var out []model.Ref
	for _, name := range names {
		r, err := n.ResolveComponent(name, scope)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", option, err)
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (q *question) assumptions() (solver.Assume, error) {
	out := solver.Assume{None: q.noAssume}
	if q.assume == "" {
		return out, nil
	}
	if q.noAssume {
		return out, errors.New("assume and no-assume exclude each other")
	}
	for _, name := range strings.Split(q.assume, ",") {
		switch strings.TrimSpace(name) {
		case "network-acls":
			out.NetworkACLs = true
		case "gateways":
			out.Gateways = true
		default:
			return out, fmt.Errorf("assume %q is not known: use network-acls, gateways or both with a comma between", name)
		}
	}
	return out, nil
}

// prefixes reads an address or a CIDR; empty text means no constraint.
func prefixes(option, text string) ([]netip.Prefix, error) {
	if text == "" {
		return nil, nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}, nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, fmt.Errorf("%s %q is neither an address nor a CIDR", option, text)
	}
	return []netip.Prefix{p.Masked()}, nil
}
