/** Must be imported first, since `debug` reads these variables when it is loaded. */
process.env["DEBUG"] = "*";
process.env["DEBUG_COLORS"] = "no";
