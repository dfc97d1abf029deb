// Package job runs imports beside whoever asked for them, one after the other,
// and keeps the history of all imports: those, and those of commands.
//
//	waiting ──► running ──► done
//	   │           ├──────► failed
//	   ├───────────┴──────► cancelled    somebody called it off
//	   └───────────┴──────► interrupted  the process ended
//
// It does not import: Work does. Package api asks for jobs and shows them; an
// operations store keeps them.
//
// What always holds:
//   - one job runs at a time, in the order in which they were asked for;
//   - a job does not end because whoever asked for it goes away;
//   - a job that is over stays as it is;
//   - every import that the log remembers is in the history: those that are
//     missing (of older versions, of a process that was killed between import
//     and history, after the store was lost) are taken from the log when the
//     history is first needed.
package job
