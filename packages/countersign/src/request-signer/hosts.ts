/**
 * What hosts tell a {@link RequestSigner}: service and region as for all signers, and beside them those hosts whose
 * names have little to do with what they are signed for, as the models of AWS's services have it.
 *
 * @module
 */
import { inferScope, type HostScope } from '../core/service-hosts.ts'

/** What stands before the region, and the service to sign for. */
const REGIONAL: ReadonlyMap<string, string> = new Map([
  ['api.fleethub.iot', 'iotfleethub'],
  ['api.tunneling.iot', 'IoTSecuredTunneling'],
  ['backupstorage', 'backup-storage'],
  ['cloudsearchdomain', 'cloudsearch'],
  ['contact-lens', 'connect'],
  ['data.iotevents', 'ioteventsdata'],
  ['data.jobs.iot', 'iot-jobs-data'],
  ['data.mediastore', 'mediastore'],
  ['devices.iot1click', 'iot1click'],
  ['forecastquery', 'forecast'],
  ['ingest.timestream', 'timestream'],
  ['memory-db', 'memorydb'],
  ['migrationhub-config', 'mgh'],
  ['mobile', 'AWSMobileHubService'],
  ['oidc', 'sso-oauth'],
  ['participant.connect', 'execute-api'],
  ['pinpoint', 'mobiletargeting'],
  ['portal.sso', 'awsssoportal'],
  ['projects.iot1click', 'iot1click'],
  ['query.timestream', 'timestream'],
  ['servicecatalog-appregistry', 'servicecatalog'],
  ['session.qldb', 'qldb'],
  ['sms-voice.pinpoint', 'sms-voice'],
])

/** Hosts without a region; `*` is for all regions at once. */
const GLOBAL: ReadonlyMap<string, readonly [service: string, region: string | undefined]> = new Map([
  ['budgets', ['budgets', 'us-east-1']],
  ['codecatalyst.global', ['codecatalyst', undefined]],
  ['global.health', ['health', 'us-east-1']],
  ['importexport', ['importexport', 'us-east-1']],
  ['savingsplans', ['savingsplans', 'us-east-1']],
  ['sdb', ['sdb', 'us-east-1']],
  ['waf', ['waf', 'us-east-1']],
  // Of several regions, behind the id of an endpoint.
  ['endpoint.events', ['events', '*']],
  ['endpoints.email', ['ses', '*']],
])

/** What a host has before the suffix of one of AWS's partitions, with the region apart. */
const HOST =
  /^([a-z0-9.-]+?)(?:\.([a-z]{2,}(?:-[a-z]+)+-\d+))?\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|api\.(?:aws|amazonwebservices\.com\.cn))\.?(?::\d+)?$/
/** The tenant's own part of a name. */
const TENANT = /^.+\.(endpoint\.events|endpoints\.email|data\.mediastore)$/

/**
 * Service and region of a host; `undefined` when it is not known.
 *
 * @throws {@link SigningError} `HOST_NOT_SIGNABLE`
 */
export function inferRequestScope(host: string, path: string): HostScope | undefined {
  const [, labels = '', region] = HOST.exec(host) ?? []
  const name = labels.replace(/-fips(?![^.])/, '').replace(TENANT, '$1')
  const reason = `host ${name}`
  if (region) {
    const service = REGIONAL.get(name)
    return service ? { service, region, reason } : inferScope(host, path)
  }
  const global = GLOBAL.get(name)
  return global ? { service: global[0], region: global[1], reason } : inferScope(host, path)
}
