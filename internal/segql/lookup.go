package segql

// LookupName finds what a name like "country", "item.category",
// "product_viewed.product", `event("Quiz Finished").score` or "traits.size"
// means. facts is whose field it is, nil for a field that stands outside
// filters. Nothing but a name is found.
func LookupName(name string) (facts *Facts, info FieldInfo, ok bool) {
	if len(name) > maxNameBytes {
		return nil, FieldInfo{}, false
	}
	root, problems := Parse("max(" + name + ") is missing")
	if missing, is := root.(*Missing); is && len(problems) == 0 {
		if a, is := missing.X.(*Aggregate); is && a.Field != "" && a.Facts.Filter == nil && a.Window == nil {
			if info, ok := LookupField(a.Facts.Name + "." + a.Field); ok && !a.Facts.Event {
				return nil, info, true
			}
			if info, ok := outer(name); ok {
				return nil, info, true
			}
			info, ok = LookupFactField(a.Facts, a.Field)
			return a.Facts, info, ok
		}
	}
	info, ok = outer(name)
	return nil, info, ok
}

// maxNameBytes bounds names that are looked up.
const maxNameBytes = 500

// outer is a field outside filters whose name is nothing but one.
func outer(name string) (FieldInfo, bool) {
	root, problems := Parse(name + " is missing")
	if missing, is := root.(*Missing); is && len(problems) == 0 && !missing.Not {
		if f, is := missing.X.(*Field); is {
			return LookupField(f.Name)
		}
	}
	return FieldInfo{}, false
}
