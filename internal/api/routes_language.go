package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"kith/internal/segql"
	"kith/internal/user"
)

// Language is the segment language as data: what a builder offers, and what an
// editor completes.
type Language struct {
	Facts          []LanguageFact      `json:"facts"`
	EventFields    []LanguageField     `json:"event_fields" doc:"fields of every tracked event, besides its properties"`
	CustomerFields []LanguageField     `json:"customer_fields"`
	OwnFields      []LanguageField     `json:"own_fields" doc:"worked out from the customer's own facts"`
	BaseFields     []LanguageField     `json:"base_fields" doc:"depend on everyone, from scoring runs"`
	ShopSettings   []LanguageField     `json:"shop_settings" doc:"may stand in filters too"`
	Functions      []LanguageFunction  `json:"functions"`
	Operators      []LanguageOperators `json:"operators" doc:"by the type of what stands before them"`
	Questions      []LanguageForm      `json:"questions" doc:"besides comparisons"`
	Windows        []LanguageForm      `json:"windows"`
	Literals       []LanguageForm      `json:"literals" doc:"and arithmetic"`
	Units          []LanguageUnit      `json:"units" doc:"of durations"`
	Words          []string            `json:"words" doc:"all words of the grammar"`
	Events         []LanguageEvent     `json:"events" doc:"tracked events that came in"`
	Traits         []LanguageTrait     `json:"traits" doc:"traits that customers have"`
	Segments       []LanguageSegment   `json:"segments" doc:"that in segment may name: saved ones, then presets"`
	Limits         LanguageLimits      `json:"limits"`
}

// LanguageFact is a built-in fact.
type LanguageFact struct {
	Name        string          `json:"name"`
	Description string          `json:"description" words:"message"`
	Fields      []LanguageField `json:"fields"`
}

// LanguageField is a field.
type LanguageField struct {
	Name         string   `json:"name"`
	Type         string   `json:"type" enum:"number,text,bool,date,instant,list,any"`
	CanBeMissing bool     `json:"can_be_missing"`
	List         bool     `json:"list" doc:"it holds several texts"`
	Description  string   `json:"description" words:"message"`
	Values       []string `json:"values,omitempty" doc:"all that it can be"`
}

// LanguageFunction is a function of facts, or percentile.
type LanguageFunction struct {
	Name        string   `json:"name"`
	TakesField  bool     `json:"takes_field"`
	Takes       []string `json:"takes,omitempty" doc:"types of the field, or of percentile's term"`
	Gives       string   `json:"gives" doc:"any: the type of what it takes"`
	Form        string   `json:"form"`
	Description string   `json:"description" words:"message"`
}

// LanguageOperators are the comparisons that a type may stand in.
type LanguageOperators struct {
	Type      string             `json:"type" enum:"number,text,bool,date,instant,list,any"`
	Operators []LanguageOperator `json:"operators"`
}

// LanguageOperator is one of them.
type LanguageOperator struct {
	Kind string `json:"kind" doc:"of the tree"`
	Op   string `json:"op,omitempty" doc:"of kind compare"`
	Form string `json:"form"`
}

// LanguageForm is how something is written, with words in capitals for what
// is to be filled in.
type LanguageForm struct {
	Kind    string `json:"kind" doc:"of the tree"`
	Form    string `json:"form"`
	Example string `json:"example"`
}

// LanguageUnit is a unit of durations.
type LanguageUnit struct {
	Name     string `json:"name"`
	Calendar bool   `json:"calendar" doc:"it steps the calendar; the others are exact lengths"`
}

// LanguageEvent is a tracked event that came in.
type LanguageEvent struct {
	Key        string    `json:"key" doc:"the word by which segments name it"`
	Name       string    `json:"name" doc:"as it came last"`
	Count      int64     `json:"count"`
	LastSeen   time.Time `json:"last_seen"`
	Properties []string  `json:"properties" doc:"of the latest ones, the commonest first"`
}

// LanguageTrait is a trait that customers have.
type LanguageTrait struct {
	Name      string `json:"name" doc:"with traits. before it"`
	Customers int64  `json:"customers"`
	Type      string `json:"type" enum:"number,text,bool,date,instant" doc:"what most values look like"`
}

// LanguageSegment is a segment that others may refer to.
type LanguageSegment struct {
	ID     string `json:"id"`
	Name   string `json:"name" words:"preset"`
	Preset bool   `json:"preset"`
}

// LanguageLimits bound a segment.
type LanguageLimits struct {
	TextBytes int `json:"text_bytes" doc:"of the text and of its canonical form"`
	Depth     int `json:"depth" doc:"of the tree"`
	Parts     int `json:"parts" doc:"questions and terms"`
}

// FieldValues are values of a field, for suggestions.
type FieldValues struct {
	Name    string       `json:"name"`
	Values  []FieldValue `json:"values" doc:"those that begin with what is searched, then those that hold it; each the commonest first"`
	Sampled bool         `json:"sampled" doc:"a part of the facts was looked at: counts are estimates, and rare values may be absent"`
	AsOf    time.Time    `json:"as_of"`
}

// FieldValue is one of them.
type FieldValue struct {
	Value string `json:"value"`
	Count *int64 `json:"count,omitempty" doc:"of facts or customers that have it; absent where it is not known"`
}

// ValuesQuestion is which values are asked for.
type ValuesQuestion struct {
	Name   string // of the field
	Search string // what they hold, whatever its case
	Limit  int
}

// languageConsole is what a builder and an editor of segments ask.
type languageConsole interface {
	Language(ctx context.Context) (Language, error)
	Values(ctx context.Context, q ValuesQuestion) (FieldValues, error)
}

type valuesInput struct {
	Name   string `query:"name" required:"true" maxLength:"500" doc:"country, item.category, order.coupon, traits.shoe_size, product_viewed.product, event(\"Quiz Finished\").score"`
	Search string `query:"search" maxLength:"200" doc:"what the values hold, whatever its case"`
	Limit  int    `query:"limit" default:"20" minimum:"1" maximum:"200"`
}

func (h *handler) languageRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/language", Permission: user.View, Summary: "the segment language as data: facts, fields, functions, operators, and what this shop has"},
		func(ctx context.Context, _ *struct{}) (*answer[Language], error) {
			l, err := h.console.Language(ctx)
			return &answer[Language]{l}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/language/values", Permission: user.People, Summary: "the commonest values of a field, for suggestions"},
		func(ctx context.Context, in *valuesInput) (*answer[FieldValues], error) {
			v, err := h.console.Values(ctx, ValuesQuestion{in.Name, in.Search, in.Limit})
			if masks(ctx) {
				// They were searched as they are: one that is only masked would tell
				// itself letter by letter.
				v.Values = slices.DeleteFunc(v.Values, func(x FieldValue) bool { return user.MaskField(in.Name, x.Value) != x.Value })
			}
			return &answer[FieldValues]{v}, err
		})
}

// closedLanguage is the part that is the same for every shop.
func closedLanguage() Language {
	l := Language{
		EventFields: languageFields(&segql.Facts{Event: true}, segql.FactFields(&segql.Facts{Event: true})),
		Questions:   languageForms(segql.Questions()), Windows: languageForms(segql.Windows()), Literals: languageForms(segql.Literals()),
		Words: segql.Words(), Limits: LanguageLimits{TextBytes: segql.MaxText, Depth: segql.MaxDepth, Parts: segql.MaxParts},
	}
	for _, name := range segql.FactNames() {
		facts := &segql.Facts{Name: name}
		l.Facts = append(l.Facts, LanguageFact{name, segql.DescribeFact(name), languageFields(facts, segql.FactFields(facts))})
	}
	lists := map[segql.FieldKind]*[]LanguageField{
		segql.CustomerField: &l.CustomerFields, segql.OwnField: &l.OwnFields, segql.BaseField: &l.BaseFields, segql.ShopField: &l.ShopSettings,
	}
	for _, f := range segql.Fields() {
		list := lists[f.Kind]
		*list = append(*list, languageFields(nil, []segql.FieldInfo{f})...)
	}
	for _, f := range segql.Functions() {
		l.Functions = append(l.Functions, LanguageFunction{f.Name, f.TakesField, typeNames(f.Takes), f.Gives.Name(), f.Form, segql.DescribeFunction(f.Name)})
	}
	for _, t := range segql.ValueTypes() {
		of := LanguageOperators{Type: t.Name()}
		for _, o := range segql.Operators(t) {
			of.Operators = append(of.Operators, LanguageOperator(o))
		}
		l.Operators = append(l.Operators, of)
	}
	for _, u := range segql.Units() {
		l.Units = append(l.Units, LanguageUnit{u.String(), u.Calendar()})
	}
	return l
}

func languageFields(facts *segql.Facts, fields []segql.FieldInfo) []LanguageField {
	all := make([]LanguageField, len(fields))
	for i, f := range fields {
		all[i] = LanguageField{
			Name: f.Name, Type: f.Type.Name(), CanBeMissing: f.CanBeMissing, List: f.Type == segql.List,
			Description: segql.Describe(facts, f.Name), Values: segql.Values(facts, f.Name),
		}
	}
	return all
}

func languageForms(forms []segql.Form) []LanguageForm {
	all := make([]LanguageForm, len(forms))
	for i, f := range forms {
		all[i] = LanguageForm(f)
	}
	return all
}

func typeNames(types []segql.Type) []string {
	var names []string
	for _, t := range types {
		names = append(names, t.Name())
	}
	return names
}
