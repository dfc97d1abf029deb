// Package limit says how much somebody may send: token buckets, by key and by
// network.
//
// A bucket holds as many tokens as may be taken at once (the burst), is full at
// first, and fills again at a rate. Whoever sends n events takes n tokens, or is
// told when there will be that many. A Limiter has a bucket for each key that
// was seen lately: the id of an API key, or what Network makes of an address.
//
//	keys, _ := limit.New(limit.Config{PerMinute: limit.EventsPerKey})
//	networks, _ := limit.New(limit.Config{PerMinute: limit.EventsPerNetwork})
//	ok, after := keys.TakeAt(id, quota, n, now) // quota 0: the limit of all
//	ok, after = networks.Take(limit.Network(address), n, now)
//
// What always holds: of a bucket that is kept no more is granted in any time
// than its burst and what flowed into it meanwhile; a full bucket and none are
// the same; there are never more buckets than Config.Buckets, so that somebody
// with a million networks costs no more memory than a few. Beyond that number
// the bucket goes that was longest not asked for, which by then is full, unless
// more networks send within a minute than there are buckets: then whoever comes
// back after all the others finds a full one.
//
// It is not for log-ins, which package user counts, and not for how many
// requests are answered at a time. It reads no clock, and knows nothing of HTTP.
// Package api calls it where events come in.
package limit
