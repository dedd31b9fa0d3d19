/** To be imported before anything else: `debug` reads this when it is loaded. */
process.env["DEBUG"] = "*";
process.env["DEBUG_COLORS"] = "no";
