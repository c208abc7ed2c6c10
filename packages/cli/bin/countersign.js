#!/usr/bin/env node
const { existsSync } = require('node:fs')
const verb = /^[a-z-]+$/.test(process.argv[2] ?? '') ? `${__dirname}/../dist/${process.argv[2]}.cjs` : ''
const isVerb = existsSync(verb)
if (isVerb) require('./code-cache.js').useCodeCache()
require(isVerb ? verb : '../dist/help.cjs').main(process.argv.slice(2))
