// Package priceband says whether a customer buys cheap, in the middle or
// premium, beside those who buy the same kinds of things.
//
// The band of a customer with three units or more is found so: the median
// price they paid per unit, over everything they bought, is compared with the
// medians of all customers who bought in any of the same categories, each
// taken over those categories alone; they are among them, and not lower than
// themselves. If less than 33 % of them have a strictly
// lower median the band is value, below 80 % mid, else premium. Units without
// a category count in the customer's own median and in no category; a
// customer without any category has no band.
//
// The package is pure: units in, bands out. It is exact. Customers with the
// same set of categories are compared together, so that the work grows with
// customers × different sets, not with customers squared.
package priceband
