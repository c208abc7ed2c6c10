#!/usr/bin/env node
const { existsSync } = require('node:fs')
const verb = /^[a-z-]+$/.test(process.argv[2] ?? '') ? `${__dirname}/../dist/${process.argv[2]}.cjs` : ''
require(existsSync(verb) ? verb : '../dist/help.cjs').main(process.argv.slice(2))
