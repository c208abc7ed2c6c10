/** Makes a password for a database out of an AWS key: no network, nothing to store, over in 15 minutes. */
import { createEksToken, createRdsToken } from 'countersign/tokens'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

const database = createRdsToken({
  credentials,
  hostname: 'shop.c1a2b3.eu-west-1.rds.amazonaws.com',
  port: 5432,
  username: 'reports',
})
// For instance: new pg.Client({ host, port, user: 'reports', password: database.token, ssl: true })
console.log('password:', database.token)
console.log('opens connections until', database.expiresAt.toISOString())

const cluster = createEksToken({ credentials, region: 'eu-west-1', clusterName: 'production' })
console.log('kubectl --token', cluster.token)
