package stream

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"kith/internal/commerce"
)

// A record is a header and the entry:
//
//	4 bytes  "KL02"
//	8 bytes  sequence, big-endian
//	4 bytes  CRC-32C over the sequence and all that follows, big-endian
//	8 bytes  the entry's instant, microseconds since 1970, big-endian
//	1 byte   length of the entry's type
//	n bytes  the type
//	         the body, as it was given
//
// The body is not looked at: to check and copy the JSON of a batch of events
// took longer than to write it to the disk. Records of older versions, "KL01",
// hold the whole entry as JSON behind the checksum; they are read for ever.
const (
	magic      = "KL02"
	oldMagic   = "KL01"
	headerSize = len(magic) + 8 + 4
	fixedSize  = headerSize + 8 + 1
	maxType    = 255
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
	if len(e.Type) > maxType {
		return nil, fmt.Errorf("a type of %d letters", len(e.Type))
	}
	record := make([]byte, fixedSize, fixedSize+len(e.Type)+len(e.Body))
	copy(record, magic)
	binary.BigEndian.PutUint64(record[4:], seq)
	binary.BigEndian.PutUint64(record[headerSize:], uint64(e.At.UnixMicro()))
	record[fixedSize-1] = byte(len(e.Type))
	record = append(record, e.Type...)
	record = append(record, e.Body...)
	binary.BigEndian.PutUint32(record[12:], checksum(record))
	return record, nil
}

// decode reads a record. The entry's body is part of the record's memory.
func decode(seq uint64, record []byte) (commerce.Entry, error) {
	switch {
	case len(record) < headerSize || string(record[:4]) != magic && string(record[:4]) != oldMagic:
		return commerce.Entry{}, errors.New("has no header")
	case binary.BigEndian.Uint32(record[12:]) != checksum(record):
		return commerce.Entry{}, errors.New("does not match its checksum")
	case binary.BigEndian.Uint64(record[4:]) != seq:
		return commerce.Entry{}, fmt.Errorf("carries the number %d", binary.BigEndian.Uint64(record[4:]))
	case string(record[:4]) == oldMagic:
		return decodeOld(seq, record)
	case len(record) < fixedSize || len(record) < fixedSize+int(record[fixedSize-1]):
		return commerce.Entry{}, errors.New("is too short")
	}
	body := fixedSize + int(record[fixedSize-1])
	return commerce.Entry{
		Seq:  seq,
		Type: commerce.EntryType(record[fixedSize:body]),
		At:   time.UnixMicro(int64(binary.BigEndian.Uint64(record[headerSize:]))).UTC(),
		Body: record[body:],
	}, nil
}

// decodeOld reads what follows the checksum of an older version's record.
func decodeOld(seq uint64, record []byte) (commerce.Entry, error) {
	var e commerce.Entry
	if err := json.Unmarshal(record[headerSize:], &e); err != nil {
		return commerce.Entry{}, fmt.Errorf("is not an entry: %w", err)
	}
	e.Seq = seq
	return e, nil
}

func checksum(record []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(record[4:12], table), table, record[headerSize:])
}
