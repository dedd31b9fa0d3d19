//go:build tools

// Package language pins the Node.js language host of Pulumi: the newest one that the Go module proxy serves.
package language

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
