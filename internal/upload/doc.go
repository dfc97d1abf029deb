// Package upload keeps files that came in through the API until an import has
// read them. Package api puts them here and takes them out; nothing else knows
// of them, and a file that is here is no fact of the shop.
//
// What always holds:
//   - a file is written as it comes: memory does not grow with it;
//   - on the disk it has a random id as its name; what it was called is only
//     shown;
//   - one that was not received whole is not there;
//   - so much of the disk stays free as Config says;
//   - what nobody used in 24 hours is removed, and all of it when the folder is
//     opened: an upload outlives neither its sender's interest nor the process.
package upload
