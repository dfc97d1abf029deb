package api

import "time"

// Preview is how files would be read: what a person looks at to correct the
// mapping of columns before anything is imported.
type Preview struct {
	Kind      string `json:"kind" enum:"customers,orders,products,events,rates"`
	Timezone  string `json:"timezone" doc:"of times that do not say"`
	Currency  string `json:"currency" doc:"of amounts that do not say"`
	Unchanged bool   `json:"unchanged" doc:"the same was imported before: importing it again changes nothing; only known if complete"`
	Problem   string `json:"problem,omitempty" doc:"which columns must be named before the files can be read; nothing was read then, and there are only sources, fields and needs" words:"message"`

	Complete bool       `json:"complete" doc:"the files were read to their ends; of uploads only the first 20000 rows are looked at, and what follows is of them"`
	Rows     int64      `json:"rows"`
	Accepted int64      `json:"accepted" doc:"as far as the files alone tell: rates and earlier orders are looked at by the import"`
	Refused  int64      `json:"refused"`
	From     *time.Time `json:"from,omitempty" doc:"the first instant of the records"`
	To       *time.Time `json:"to,omitempty"`
	Ordered  bool       `json:"ordered" doc:"no record is earlier than the one before it"`
	Hash     string     `json:"hash,omitempty" doc:"of the content and of all that its reading depends on"`

	Files       []FileReport  `json:"files" doc:"how each file is read; empty with a problem"`
	Sources     []Source      `json:"sources" doc:"the columns of each file as they stand in it"`
	Columns     []string      `json:"columns" doc:"of records"`
	Records     [][]*string   `json:"records" doc:"the first ones; null where nothing is said"`
	RefusedRows []RejectedRow `json:"refused_rows" doc:"the first ones"`

	Fields []Field    `json:"fields" doc:"what files of this kind can say"`
	Needs  [][]string `json:"needs" doc:"of each group of fields one must be there"`
	Others string     `json:"others,omitempty" doc:"the prefix under which every other column can be a field: traits. or properties."`
}

// ImportReport is how the files of an import were read.
type ImportReport struct {
	Kind     string       `json:"kind"`
	Files    []FileReport `json:"files"`
	Rows     int64        `json:"rows"`
	Accepted int64        `json:"accepted"`
	Refused  int64        `json:"refused"`
	Hash     string       `json:"hash"`
	From     time.Time    `json:"from,omitzero"`
	To       time.Time    `json:"to,omitzero"`
	Ordered  bool         `json:"ordered"`
}

// FileReport is how one file is read.
type FileReport struct {
	File     string        `json:"file"`
	Form     FileForm      `json:"form"`
	Columns  []MappedField `json:"columns" doc:"field by field"`
	Ignored  []string      `json:"ignored,omitempty" doc:"columns that become nothing"`
	Warnings []FileWarning `json:"warnings,omitempty"`
	Notes    []string      `json:"notes,omitempty" doc:"decisions that a person may want to check" words:"message"`
	Rows     int64         `json:"rows"`
	Accepted int64         `json:"accepted"`
	Refused  int64         `json:"refused"`
	From     time.Time     `json:"from,omitzero"`
	To       time.Time     `json:"to,omitzero"`
	Ordered  bool          `json:"ordered"`
}

// FileForm is how a file is written.
type FileForm struct {
	Type      string `json:"type" enum:"csv,json,parquet"`
	Gzip      bool   `json:"gzip"`
	Encoding  string `json:"encoding,omitempty" doc:"utf-8, utf-16le, utf-16be or windows-1252"`
	Delimiter string `json:"delimiter,omitempty" doc:", ; tab | or spaces"`
	Quote     string `json:"quote,omitempty"`
	Header    bool   `json:"header" doc:"the first row names the columns; else they go by number"`
}

// MappedField is a field and the column it is read from.
type MappedField struct {
	Field  string `json:"field"`
	Column string `json:"column"`
	Form   string `json:"form,omitempty" doc:"how its dates or numbers are written" words:"message"`
	Found  string `json:"found,omitempty" enum:"map,name,synonym,format,rest" doc:"why it is read from there"`
}

// FileWarning is something that is read as missing.
type FileWarning struct {
	Field  string `json:"field"`
	Reason string `json:"reason" words:"message"`
	Rows   int64  `json:"rows"`
	Line   int64  `json:"line" doc:"of the first of them"`
	Value  string `json:"value" doc:"what stands there, or its beginning"`
}

// Source is a file as it stands.
type Source struct {
	File    string         `json:"file"`
	Form    FileForm       `json:"form"`
	Columns []SourceColumn `json:"columns"`
}

// SourceColumn is a column of a file.
type SourceColumn struct {
	Column  string   `json:"column" doc:"its header, to be named in map; its number without one"`
	Number  int      `json:"number" doc:"from 1; may be named in map too"`
	Fields  []string `json:"fields" doc:"that are read from it"`
	Samples []string `json:"samples" doc:"different values of the first rows, shortened"`
}

// Field is something that files of a kind can say.
type Field struct {
	Name     string `json:"name"`
	Type     string `json:"type" enum:"text,id,number,instant,date,email,phone,country,currency,status,yes_no,tags,json"`
	Required bool   `json:"required" doc:"no file goes without it"`
}

// RejectedRow is a row that cannot be used, and why.
type RejectedRow struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Column string `json:"column" doc:"row for the whole row"`
	Reason string `json:"reason" words:"message"`
	Row    string `json:"row,omitempty" doc:"as it stands in the file, or its beginning; control characters are escaped"`
}
