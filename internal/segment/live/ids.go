package live

import (
	"hash/maphash"

	"kith/internal/customer"
)

// fingerprint stands for an id among millions: ids take more memory than what
// is known of them, and a map without pointers costs the garbage collector
// nothing. Two ids of a thousand million share one with a chance of less than
// 1 in 10^20; the seeds are the process's own, so nobody can look for them.
type fingerprint [2]uint64

// fingerprints makes them.
type fingerprints [2]maphash.Seed

func newFingerprints() fingerprints { return fingerprints{maphash.MakeSeed(), maphash.MakeSeed()} }

func (f *fingerprints) of(id string) fingerprint {
	return fingerprint{maphash.String(f[0], id), maphash.String(f[1], id)}
}

// orderIndex says whose an order is, by its id.
type orderIndex struct {
	fingerprints
	owners map[fingerprint]int32      // the person's number
	alone  map[string]*customer.Order // nobody's
}

func newOrderIndex() *orderIndex {
	return &orderIndex{newFingerprints(), map[fingerprint]int32{}, map[string]*customer.Order{}}
}

func (x *orderIndex) give(id string, owner *person) { x.owners[x.of(id)] = int32(owner.number) }

// keyIndex says whose a key is.
type keyIndex struct {
	fingerprints
	owners map[fingerprint]int32 // the person's number
}

func newKeyIndex() *keyIndex { return &keyIndex{newFingerprints(), map[fingerprint]int32{}} }

func (x *keyIndex) print(k Key) fingerprint {
	return fingerprint{maphash.Comparable(x.fingerprints[0], k), maphash.Comparable(x.fingerprints[1], k)}
}

func (x *keyIndex) owner(k Key) (number int32, ok bool) {
	number, ok = x.owners[x.print(k)]
	return number, ok
}

func (x *keyIndex) give(k Key, owner *person) { x.owners[x.print(k)] = int32(owner.number) }
