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
// The package is pure: units in, bands out. Customers with the same set of
// categories are compared together, and those who bought in one category only
// are counted in ordered lists; the work is what remains, different sets ×
// units of customers with several categories. Up to 8,000 million such visits
// (20,000 customers with all their sets different) the answer is exact. Above,
// a customer is compared with a random sample of those peers, 5,000 or more,
// the same at every run: the share is then off by 0.7 percentage points
// (standard error) or less, and a customer so near to a limit may be in the
// band beside it.
package priceband
