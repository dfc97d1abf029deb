package warehouse

import (
	"database/sql"
	"database/sql/driver"
	"slices"
)

// identify numbers the keys of the rows in the view "keyed", records which
// stand together, joins persons, makes the table key_seen and adds to touched.
// A load that is taken in slices does it for each.
func (l *load) identify() error {
	var known, anonymous int64
	if err := l.one("key_last", &known, &anonymous); err != nil {
		return err
	}
	l.args["last_known"], l.args["last_anonymous"] = known, anonymous
	if err := l.all("key_seen", "key_insert"); err != nil {
		return err
	}
	if !l.identified {
		l.firstKeys = known == 0 && anonymous == 0
		l.identified = true
	}
	if known != 0 || anonymous != 0 {
		if err := l.all("key_earlier"); err != nil {
			return err
		}
	}
	joined, err := l.claim()
	if err != nil || l.firstKeys {
		return err
	}
	if err := l.all("touched_seen"); err != nil || !joined {
		return err
	}
	return l.all("touched_merged")
}

// deriveCustomers works out who is known and since when, for the touched.
func (l *load) deriveCustomers() error {
	if l.firstKeys && !l.merges {
		return l.all("customer_insert_alone")
	}
	return l.all("customer_now", "customer_gone", "customer_insert")
}

// claim records the new pairs of keys and joins the persons they connect. It
// says whether there were any.
func (l *load) claim() (bool, error) {
	kinds := 0
	for _, column := range []string{"customer_id", "email", "phone", "anonymous_id"} {
		if l.staged.filled[column] {
			kinds++
		}
	}
	if kinds < 2 {
		return false, nil
	}
	if err := l.all("claim_seen"); err != nil {
		return false, err
	}
	n, err := l.exec("claim_insert")
	if err != nil || n == 0 {
		return false, err
	}
	u, err := l.unite()
	if err != nil || len(u.parent) == 0 {
		return false, err
	}
	l.merges = true
	if err := l.all("merge_table"); err != nil {
		return false, err
	}
	if err := l.appendRows("temp", "merged", u.appendTo); err != nil {
		return false, err
	}
	return true, l.all("merge_person", "merge_moved_gone", "merge_moved")
}

// unite reads the pairs that join persons into a union-find.
func (l *load) unite() (*union, error) {
	u := &union{parent: map[int32]int32{}, strength: map[int32]int32{}}
	err := l.query("claim_strength", func(rows *sql.Rows) error {
		var key, strength int32
		if err := rows.Scan(&key, &strength); err != nil {
			return err
		}
		u.strength[key] = strength
		return nil
	})
	if err != nil {
		return nil, err
	}
	return u, l.query("claim_edges", func(rows *sql.Rows) error {
		var a, b int32
		if err := rows.Scan(&a, &b); err != nil {
			return err
		}
		u.join(a, b)
		return nil
	})
}

// union is a union-find over the keys that stand for persons. The root of a
// set is its strongest key: by kind, then by order of arrival. It is the same
// in whatever order the pairs come.
type union struct {
	parent   map[int32]int32
	strength map[int32]int32 // kind, 1 the strongest
}

func (u *union) root(key int32) int32 {
	for {
		p, ok := u.parent[key]
		if !ok {
			return key
		}
		if pp, ok := u.parent[p]; ok {
			u.parent[key] = pp // halves the path
		}
		key = p
	}
}

func (u *union) join(a, b int32) {
	a, b = u.root(a), u.root(b)
	if a == b {
		return
	}
	if u.stronger(b, a) {
		a, b = b, a
	}
	u.parent[b] = a
}

func (u *union) stronger(a, b int32) bool {
	if u.strength[a] != u.strength[b] {
		return u.strength[a] < u.strength[b]
	}
	return max(a, -a) < max(b, -b)
}

// appendTo appends (old, new) for every key that is no root any more, and
// (root, root), in order of the keys.
func (u *union) appendTo(add func(...driver.Value) error) error {
	keys := make([]int32, 0, len(u.parent))
	for key := range u.parent {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	roots := map[int32]bool{}
	for _, key := range keys {
		root := u.root(key)
		if err := add(key, root); err != nil {
			return err
		}
		if !roots[root] {
			roots[root] = true
			if err := add(root, root); err != nil {
				return err
			}
		}
	}
	return nil
}
