/**
 * The configuration of a Ceph cluster of one node, which nothing but loopback reaches.
 */

/**
 * What differs from one cluster to the next.
 *
 * @typedef {object} Settings
 * @property {string} clusterId
 * @property {number} monitorPort
 * @property {number} port where the S3 gateway speaks http
 * @property {number} securePort and https, with `certificate.pem` and `key.pem` of the folder
 * @property {string} tokenKey seals session tokens: 16 characters
 */

/**
 * Writes `ceph.conf`.
 *
 * @param {string} folder for all files
 * @param {Settings} settings
 * @returns {string}
 */
export function formatConfiguration(folder, { clusterId, monitorPort, port, securePort, tokenKey }) {
  const places = `endpoint=127.0.0.1:${port} ssl_endpoint=127.0.0.1:${securePort}`
  return `[global]
fsid = ${clusterId}
mon_host = v2:127.0.0.1:${monitorPort}
mon_initial_members = a
public_network = 127.0.0.0/8
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none

# One copy of everything, in few pieces.
osd_objectstore = memstore
memstore_device_bytes = ${2 ** 31}
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_max_pg_per_osd = 1000
mon_allow_pool_size_one = true
mon_data_avail_crit = 1

mon_data = ${folder}/mon
osd_data = ${folder}/osd
run_dir = ${folder}/run
crash_dir = ${folder}/log
admin_socket = ${folder}/run/$name.$pid.asok
log_to_stderr = false
err_to_stderr = false
log_file = ${folder}/log/$name.log
pid_file =

[client.rgw]
rgw_frontends = beast ${places} ssl_certificate=${folder}/certificate.pem ssl_private_key=${folder}/key.pem
# Encryption would need keys, and those keyrings.
ms_mon_client_mode = crc
rgw_enable_apis = s3, sts, iam
rgw_s3_auth_use_sts = true
# With STS asked first, a wrong signature would be told as a missing permission.
rgw_s3_auth_order = local, sts
rgw_sts_key = ${tokenKey}
`
}
