package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/snapshot"
)

// maxAnswer bounds a file with answers of AWS's analyzer, in bytes.
const maxAnswer = 64 << 20

const compareLong = `Ask again, offline, what AWS's Reachability Analyzer was asked, and set its answer and ours side by side: the verdict, the
components of both ways row by row, the explanation codes. The first difference is named.

SNAPSHOT  a folder, an archive or a JSON file with answers of AWS's describe calls
FILE      saved answers of aws ec2 describe-network-insights-analyses, and of describe-network-insights-paths, which hold the
          questions; both can stand in one file. Where the answer with a question is not there, the question is read from
          the rows of the analysis, as far as they tell it

Questions are asked in reading aws. Only verdicts decide the exit status: AWS does not say which of several paths and
explanations it shows.

Exit status: 0 all verdicts agree, 1 some verdict differs, 2 the input is wrong or some analysis cannot be compared, 3 the
answer of vpcreach is unknown. Of several the first of 2, 1, 3 that came up.`

func (a *app) compareCommand() *cobra.Command {
	var format, color, declared string
	c := &cobra.Command{
		Use:   "compare SNAPSHOT FILE...",
		Short: "Ask again what Reachability Analyzer was asked, and set its answer and ours side by side",
		Long:  compareLong,
		Example: `  aws ec2 describe-network-insights-analyses > analyses.json
  aws ec2 describe-network-insights-paths > paths.json
  vpcreach compare ./snapshot analyses.json paths.json
  vpcreach compare ./snapshot analyses.json --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("SNAPSHOT and FILE are needed: write vpcreach compare SNAPSHOT FILE, and more files if there are")
			}
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return oneOf("color", color, "auto", "always", "never")
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.compare(args, declared, format, color) },
	}
	declareFlag(c.Flags(), &declared)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().StringVar(&color, "color", "auto", "auto, always or never; auto honours NO_COLOR")
	return c
}

func (a *app) compare(args []string, declared, format, color string) error {
	var answers explain.AWSAnswers
	for _, path := range args[1:] {
		if err := addAnswers(&answers, path); err != nil {
			return err
		}
	}
	if len(answers.Analyses) == 0 {
		return errors.New("the files hold no analysis: save the answer of aws ec2 describe-network-insights-analyses too")
	}
	n, err := a.load(args[0], declared)
	if err != nil {
		return err
	}
	list := explain.Compare(n, &answers)
	if format == "json" {
		err = explain.CompareJSON(a.stdout, n, list, explain.JSONOptions{Version: version()})
	} else {
		err = explain.CompareText(a.stdout, list, explain.TextOptions{Color: a.colored(color), Width: columns(a.stdout)})
	}
	if err != nil {
		return fmt.Errorf("the comparison cannot be written: %w", err)
	}
	a.status = comparedStatus(list)
	return nil
}

// addAnswers reads one file.
func addAnswers(to *explain.AWSAnswers, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(snapshot.NewTextReader(f), maxAnswer+1))
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	if len(data) > maxAnswer {
		return fmt.Errorf("%s is larger than %d MiB: save fewer analyses a file", path, maxAnswer>>20)
	}
	if err := to.Add(data); err != nil {
		return fmt.Errorf("%s %w", path, err)
	}
	return nil
}

// comparedStatus is the exit status of comparisons: what could not be compared comes before what differs, and that before what is
// unknown.
func comparedStatus(list []explain.Comparison) int {
	statuses := []struct {
		outcome explain.Outcome
		status  int
	}{{explain.NotCompared, statusWrong}, {explain.Differs, statusUnreachable}, {explain.NotKnown, statusUnknown}}
	for _, s := range statuses {
		for i := range list {
			if list[i].Outcome == s.outcome {
				return s.status
			}
		}
	}
	return statusReachable
}
