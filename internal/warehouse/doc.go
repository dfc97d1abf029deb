// Package warehouse keeps facts, products and scores as columns in DuckDB.
//
// It is the truth for nothing: the log, the archive and the operations store
// make it anew, to the same content. One Load applies one record of the log
// in one transaction, which also moves shop.applied_seq, so that a crash
// leaves all of it or nothing.
//
// Facts are stored as they arrived, under the key they arrived with. What is
// derived from them (customers, their fields, product versions, visits, carts,
// favourites, versions of messages, tickets and coupons) is worked out anew
// for the customers and products that a load touched, and only for those: the
// result is what working out everything from nothing would give.
//
// It knows nothing of segments, files or logs. The loader calls it; queries
// read it through Conn. One goroutine writes; many may read.
package warehouse
