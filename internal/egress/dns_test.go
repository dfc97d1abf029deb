package egress

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
)

// resolver asks a name server that lives in this process: answer says which
// addresses a name has.
func resolver(answer func(name string) []netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			for {
				if err := serveName(server, answer); err != nil {
					return
				}
			}
		}()
		return client, nil
	}}
}

// serveName answers one question as RFC 1035 has it over TCP.
func serveName(c io.ReadWriter, answer func(string) []netip.Addr) error {
	var length [2]byte
	if _, err := io.ReadFull(c, length[:]); err != nil {
		return err
	}
	query := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(c, query); err != nil {
		return err
	}
	var labels []string
	at := 12
	for query[at] != 0 {
		next := at + 1 + int(query[at])
		labels = append(labels, string(query[at+1:next]))
		at = next
	}
	kind := binary.BigEndian.Uint16(query[at+1:])
	question := query[12 : at+5]
	var records []byte
	count := 0
	for _, a := range answer(strings.Join(labels, ".")) {
		if raw := a.AsSlice(); kind == 1 && a.Is4() || kind == 28 && a.Is6() {
			records = append(records, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
			records = append(records, raw...)
			count++
		}
	}
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, byte(count), 0, 0, 0, 0}, question...)
	reply = append(reply, records...)
	_, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
	return err
}
