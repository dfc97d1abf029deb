package script

import (
	"errors"
	"fmt"
	"strings"
)

// tokens divides a line at its spaces, quotes kept together and kept, and
// drops a comment.
func tokens(line string) ([]string, error) {
	var all []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quoted && c == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\'):
			b.WriteByte(c)
			i++
			c = line[i]
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ' ' || c == '\t':
			if b.Len() > 0 {
				all = append(all, b.String())
				b.Reset()
			}
			continue
		case c == '#' && b.Len() == 0:
			return all, nil
		}
		b.WriteByte(c)
	}
	if quoted {
		return nil, errors.New(`a closing " is missing`)
	}
	if b.Len() > 0 {
		all = append(all, b.String())
	}
	return all, nil
}

// value reads what may stand in quotes.
func value(token string) (Value, error) {
	if !strings.Contains(token, `"`) {
		return Value{Text: token}, nil
	}
	if len(token) < 2 || token[0] != '"' || token[len(token)-1] != '"' {
		return Value{}, fmt.Errorf("%s: quotes go around the whole value", token)
	}
	inner := token[1 : len(token)-1]
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) && (inner[i+1] == '"' || inner[i+1] == '\\') {
			i++
		} else if inner[i] == '"' {
			return Value{}, fmt.Errorf("%s: quotes go around the whole value", token)
		}
		b.WriteByte(inner[i])
	}
	return Value{Text: b.String(), Quoted: true}, nil
}

// field reads k=v.
func field(token string) (Field, error) {
	key, rest, ok := strings.Cut(token, "=")
	if !ok || key == "" || strings.Contains(key, `"`) {
		return Field{}, fmt.Errorf("expected KEY=VALUE, not %s", token)
	}
	v, err := value(rest)
	return Field{Key: key, Value: v}, err
}

func fields(all []string) ([]Field, error) {
	var out []Field
	for _, token := range all {
		f, err := field(token)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// list divides tokens at their commas, outside quotes, and unquotes.
func list(all []string) ([]string, error) {
	var out []string
	for _, token := range all {
		for token != "" {
			n := strings.IndexByte(token, ',')
			if token[0] == '"' {
				n = endOfQuote(token)
			}
			if n < 0 {
				n = len(token)
			}
			v, err := value(token[:n])
			if err != nil {
				return nil, err
			}
			if v.Text != "" {
				out = append(out, v.Text)
			}
			token = strings.TrimPrefix(token[n:], ",")
		}
	}
	return out, nil
}

// endOfQuote is where a token that starts with a quote goes on after it.
func endOfQuote(token string) int {
	for i := 1; i < len(token); i++ {
		switch token[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(token)
}
