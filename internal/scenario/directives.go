package scenario

import (
	"encoding/json"
	"strings"
)

// directives are the lines that are about the snapshot, not about a resource.
var directives = map[string]func(*Network, statement) error{
	"account": readAccount, "omit": readOmit, "cut": readCut, "drop": readDrop, "set": readSet,
}

func readAccount(n *Network, st statement) error {
	if len(st.words) != 3 {
		return st.at.errorf("write \"account ACCOUNT REGION\"")
	}
	p, err := parsePart(st.at, st.words[1:])
	if err != nil {
		return err
	}
	n.enter(*p)
	return nil
}

func readOmit(n *Network, st statement) error {
	a, err := parseAbsence(st)
	if err != nil {
		return err
	}
	if a.call == "all" && a.part == nil {
		return st.at.errorf("\"omit all\" needs the part; write \"omit all ACCOUNT REGION\"")
	}
	n.omitted = append(n.omitted, a)
	return nil
}

func readCut(n *Network, st statement) error {
	a, err := parseAbsence(st)
	if err != nil {
		return err
	}
	if a.call == "all" {
		return st.at.errorf("name the call that is cut; only omit takes all")
	}
	n.cut = append(n.cut, a)
	return nil
}

// parseAbsence reads "omit CALL [PREFIX-LIST or VPC] [ACCOUNT REGION]".
func parseAbsence(st statement) (absence, error) {
	a := absence{at: st.at}
	if len(st.words) < 2 {
		return a, st.at.errorf("write \"%s CALL [ACCOUNT REGION]\", such as \"%s describe-network-acls\"", st.words[0], st.words[0])
	}
	a.call = st.words[1]
	if a.call != "all" && a.call != entriesCall && answerKey(a.call) == "" {
		return a, st.at.errorf("no answer %q; write the call as the AWS CLI does, such as describe-network-acls", a.call)
	}
	rest := st.words[2:]
	if len(rest) > 0 && (prefixOf(rest[0]) == "pl" && a.call == entriesCall || prefixOf(rest[0]) == "vpc" && a.call == attributeCall || transitObjectKeys[a.call] != "" && strings.HasPrefix(rest[0], "tgw-") || objectCalls[a.call] != "") {
		a.object, rest = rest[0], rest[1:]
	}
	if len(rest) == 0 {
		return a, nil
	}
	var err error
	a.part, err = parsePart(st.at, rest)
	return a, err
}

func readDrop(n *Network, st statement) error {
	if len(st.words) != 2 && len(st.words) != 4 {
		return st.at.errorf("write \"drop ID [ACCOUNT REGION]\"")
	}
	d := drop{at: st.at, id: st.words[1]}
	if len(st.words) == 4 {
		var err error
		if d.part, err = parsePart(st.at, st.words[2:]); err != nil {
			return err
		}
	}
	n.dropped = append(n.dropped, d)
	return nil
}

func readSet(n *Network, st statement) error {
	form := "write \"set ID FIELD.FIELD JSON\", such as: set i-web State.Name \"stopped\""
	if len(st.words) < 4 {
		return st.at.errorf("%s", form)
	}
	text := strings.TrimSpace(strings.TrimPrefix(st.text, "set"))
	text = strings.TrimSpace(strings.TrimPrefix(text, st.words[1]))
	text = strings.TrimSpace(strings.TrimPrefix(text, st.words[2]))
	e := edit{at: st.at, path: st.words[2]}
	var where string
	e.id, where, _ = strings.Cut(st.words[1], "@")
	for word := range strings.SplitSeq(where, "@") {
		account, region, ok := strings.Cut(word, "/")
		switch {
		case ok:
			var err error
			if e.part, err = parsePart(st.at, []string{account, region}); err != nil {
				return err
			}
		case word != "" && answerKey(word) == "":
			return st.at.errorf("no answer %q; write set ID@CALL or set ID@ACCOUNT/REGION", word)
		default:
			e.call = word
		}
	}
	if err := json.Unmarshal([]byte(text), &e.value); err != nil {
		return st.at.errorf("%s is no JSON value; %s", text, form)
	}
	n.edits = append(n.edits, e)
	return nil
}

func parsePart(at position, words []string) (*part, error) {
	if len(words) != 2 || !accountPattern.MatchString(words[0]) || !regionPattern.MatchString(words[1]) {
		return nil, at.errorf("%q names no account and Region; write them as \"222222222222 eu-west-1\"", strings.Join(words, " "))
	}
	return &part{words[0], words[1]}, nil
}
