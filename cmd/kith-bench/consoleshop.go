package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kith/internal/commerce"
)

// consoleShopLasts is how long a console's shop is used again: its last orders
// must be of the last days.
const consoleShopLasts = 3 * 24 * time.Hour

// consoleShop returns where the console's shop is: the stream's, moved to end
// now, with people who have names and addresses. It is made if it is not there,
// or is too old.
func (b *bench) consoleShop(ctx context.Context) (string, error) {
	customers := int64(b.streamTimes[0] * streamCustomers)
	j := shopJob{Customers: customers, Orders: int64(min(1, b.streamTimes[0]) * streamOrders), Threads: b.threads, Until: time.Now().Truncate(time.Second)}
	dir := filepath.Join(b.dir, fmt.Sprintf("console%d-%d", j.Customers, j.Orders))
	if made, err := os.Stat(dir); err == nil && time.Since(made.ModTime()) < consoleShopLasts {
		return dir, nil
	}
	if err := errors.Join(os.RemoveAll(dir), b.makeShop(ctx, dir, j)); err != nil {
		return "", err
	}
	return dir, nil
}

// namedFiles are streamFiles whose facts end at an instant, and whose customers
// have what people have.
func namedFiles(customers, orders int64, until time.Time) map[commerce.Kind]string {
	files := streamFiles(customers, orders)
	shift := fmt.Sprintf("INTERVAL %d SECOND", int64(until.Sub(shopMidnight)/time.Second))
	for _, kind := range []commerce.Kind{commerce.Orders, commerce.Events} {
		files[kind] = `SELECT * REPLACE ("at" + ` + shift + ` AS "at") FROM (` + files[kind] + `)`
	}
	files[commerce.Customers] = fmt.Sprintf(`SELECT 'c' || i AS customer_id, lower(first) || '.' || lower(last) || i || '@mail' || i %% 20 || '.example' AS email,
			CASE WHEN i %% 2 = 0 THEN '+407' || lpad(CAST(i AS VARCHAR), 8, '0') END AS phone, first AS first_name, last AS last_name,
			TIMESTAMP '2024-01-01' + to_seconds(CAST(u(i, 20) * 700 * 86400 AS BIGINT)) + %[2]s AS created_at,
			['RO', 'DE', 'FR', 'IT', 'HU', 'BG'][1 + i %% 6] AS country, ['Cluj', 'Iasi', 'Berlin', 'Paris', 'Roma', 'Sofia', 'Pecs'][1 + i %% 7] AS city,
			u(i, 3) < 0.4 AS accepts_email
		FROM (SELECT i, ['Ana', 'Ion', 'Maria', 'Ștefan', 'Elena', 'Radu', 'Ioana', 'Mihai', 'Anna', 'Hans', 'Chloé', 'Luca'][1 + i %% 12] AS first,
			['Pop', 'Ionescu', 'Müller', 'Rossi', 'Dupont', 'Nagy', 'Popa', 'Schmidt', 'Bianchi', 'Moreau', 'Kovács', 'Ivanov', 'Stan'][1 + i %% 13] AS last
			FROM range(1, %[1]d + 1) t(i))`, customers, shift)
	return files
}
