package explain

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// NetworkInsightsPath is a question as AWS's Reachability Analyzer keeps it.
type NetworkInsightsPath struct {
	ID                  string      `json:"NetworkInsightsPathId,omitempty"`
	Source              string      `json:"Source,omitempty"`
	Destination         string      `json:"Destination,omitempty"`
	SourceArn           string      `json:"SourceArn,omitempty"`
	DestinationArn      string      `json:"DestinationArn,omitempty"`
	SourceIP            string      `json:"SourceIp,omitempty"`
	DestinationIP       string      `json:"DestinationIp,omitempty"`
	Protocol            string      `json:"Protocol,omitempty"`
	DestinationPort     *int        `json:"DestinationPort,omitzero"`
	FilterAtSource      *PathFilter `json:"FilterAtSource,omitzero"`
	FilterAtDestination *PathFilter `json:"FilterAtDestination,omitzero"`
}

// PathFilter narrows the headers at one end of a question.
type PathFilter struct {
	SourceAddress        string           `json:"SourceAddress,omitempty"`
	SourcePortRange      *FilterPortRange `json:"SourcePortRange,omitzero"`
	DestinationAddress   string           `json:"DestinationAddress,omitempty"`
	DestinationPortRange *FilterPortRange `json:"DestinationPortRange,omitzero"`
}

// FilterPortRange is an inclusive range of ports of a filter.
type FilterPortRange struct {
	FromPort *int `json:"FromPort,omitzero"`
	ToPort   *int `json:"ToPort,omitzero"`
}

// AWSAnswers are saved answers of AWS's Reachability Analyzer.
type AWSAnswers struct {
	Analyses []NetworkInsightsAnalysis
	Paths    []NetworkInsightsPath
}

// awsAnswer is every form in which the AWS CLI prints analyses and paths.
type awsAnswer struct {
	Analyses []NetworkInsightsAnalysis `json:"NetworkInsightsAnalyses"`
	Paths    []NetworkInsightsPath     `json:"NetworkInsightsPaths"`
	Analysis *NetworkInsightsAnalysis  `json:"NetworkInsightsAnalysis"`
	Path     *NetworkInsightsPath      `json:"NetworkInsightsPath"`
}

// Add reads what one file holds: the answer of describe-network-insights-analyses or describe-network-insights-paths, or of the calls that
// start and create one; an analysis by itself, as --format aws prints it; or a list of these. It fails for what is not JSON and for what
// holds neither analysis nor path.
func (x *AWSAnswers) Add(data []byte) error {
	options := []json.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "[") {
		var list []jsontext.Value
		if err := json.Unmarshal(data, &list, options...); err != nil {
			return notRead(err)
		}
		for _, v := range list {
			if err := x.add(v, options); err != nil {
				return err
			}
		}
		return nil
	}
	return x.add(data, options)
}

func (x *AWSAnswers) add(data []byte, options []json.Options) error {
	var answer awsAnswer
	if err := json.Unmarshal(data, &answer, options...); err != nil {
		return notRead(err)
	}
	if answer.Analysis != nil {
		answer.Analyses = append(answer.Analyses, *answer.Analysis)
	}
	if answer.Path != nil {
		answer.Paths = append(answer.Paths, *answer.Path)
	}
	if answer.Analyses == nil && answer.Paths == nil {
		var alone NetworkInsightsAnalysis
		if err := json.Unmarshal(data, &alone, options...); err != nil {
			return notRead(err)
		}
		if alone.Status == "" && alone.NetworkPathFound == nil {
			return errors.New("holds neither NetworkInsightsAnalyses nor NetworkInsightsPaths: save the answer of aws ec2 describe-network-insights-analyses")
		}
		answer.Analyses = append(answer.Analyses, alone)
	}
	x.Analyses = append(x.Analyses, answer.Analyses...)
	x.Paths = append(x.Paths, answer.Paths...)
	return nil
}

func notRead(err error) error {
	return fmt.Errorf("is not an answer of AWS's Reachability Analyzer: %w", err)
}

// path finds the question of an analysis; nil where no answer holds it.
func (x *AWSAnswers) path(a *NetworkInsightsAnalysis) *NetworkInsightsPath {
	for i := range x.Paths {
		if p := &x.Paths[i]; p.ID == a.PathID && p.ID != "" {
			return p
		}
	}
	return nil
}
