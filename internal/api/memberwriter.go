package api

import (
	"bufio"
	"io"
	"time"
)

// memberWriter writes a MemberList bit by bit. The instant comes last,
// because it is known only when the question was answered.
type memberWriter struct {
	w     *bufio.Writer
	began bool
}

func newMemberWriter(w io.Writer) *memberWriter {
	return &memberWriter{w: bufio.NewWriterSize(w, 1<<16)}
}

func (m *memberWriter) member(id string) error {
	if err := m.begin(","); err != nil {
		return err
	}
	_, err := m.w.Write(encoded(id))
	return err
}

// begin writes the beginning, or what stands between two members.
func (m *memberWriter) begin(between string) error {
	if !m.began {
		between = `{"members":[`
		m.began = true
	}
	_, err := m.w.WriteString(between)
	return err
}

func (m *memberWriter) end(asOf time.Time) error {
	if err := m.begin(""); err != nil {
		return err
	}
	if _, err := m.w.WriteString(`],"as_of":` + string(encoded(asOf)) + "}\n"); err != nil {
		return err
	}
	return m.w.Flush()
}

// WriteMembers writes what members calls yield with as a MemberList.
func WriteMembers(w io.Writer, members func(yield func(id string) error) (asOf time.Time, err error)) error {
	m := newMemberWriter(w)
	asOf, err := members(m.member)
	if err != nil {
		return err
	}
	return m.end(asOf)
}
