package stream

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"kith/internal/commerce"
)

// A record is a header and the entry as JSON:
//
//	4 bytes  "KL01"
//	8 bytes  sequence, big-endian
//	4 bytes  CRC-32C over the sequence and the JSON, big-endian
const (
	magic      = "KL01"
	headerSize = len(magic) + 8 + 4
)

// DamageError says which records of the log cannot be read.
type DamageError struct {
	From, To uint64 // both ends included
	Reason   string
}

func (e *DamageError) Error() string {
	if e.From == e.To {
		return fmt.Sprintf("the log is damaged: record %d %s", e.From, e.Reason)
	}
	return fmt.Sprintf("the log is damaged: records %d to %d %s", e.From, e.To, e.Reason)
}

func encode(seq uint64, e commerce.Entry) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	record := make([]byte, headerSize, headerSize+len(body))
	copy(record, magic)
	binary.BigEndian.PutUint64(record[4:], seq)
	record = append(record, body...)
	binary.BigEndian.PutUint32(record[12:], checksum(record))
	return record, nil
}

func decode(seq uint64, record []byte) (commerce.Entry, error) {
	var e commerce.Entry
	switch {
	case len(record) < headerSize || string(record[:4]) != magic:
		return e, errors.New("has no header")
	case binary.BigEndian.Uint32(record[12:]) != checksum(record):
		return e, errors.New("does not match its checksum")
	case binary.BigEndian.Uint64(record[4:]) != seq:
		return e, fmt.Errorf("carries the number %d", binary.BigEndian.Uint64(record[4:]))
	}
	if err := json.Unmarshal(record[headerSize:], &e); err != nil {
		return e, fmt.Errorf("is not an entry: %w", err)
	}
	e.Seq = seq
	return e, nil
}

func checksum(record []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(record[4:12], table), table, record[headerSize:])
}
