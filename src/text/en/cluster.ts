/** Help and words of `vigia cluster`. */
export const clusterHelp = {
  'cluster-summary': "this host's place among several",
  'cluster-about':
    'init makes this host the first member of a cluster, whose store is an etcd that is there already. token prints a token on any member; with it, join makes another host a member within the hour. leave takes this host out again: first move its guests away (maintenance). members shows who belongs to it, and who renews now.\n\nEach works on the files of /var/lib/vigia, so as root, and takes effect when vigiad starts again. A witness is a small machine that counts as a member and has no guests.',
  'cluster-example-init': 'the first host',
  'cluster-example-token': 'on a member: what the next host needs',
  'cluster-example-join': 'on the next host',
  'cluster-example-members': 'who is there',
  'option-cluster-name': 'name of the cluster; its part of etcd is called so',
  'option-cluster-address':
    'where the other members reach this host, HOST or HOST:PORT; several with commas, for several paths',
  'option-cluster-etcd': "URLs of etcd's members with commas, the nearest first (join: default those of the others)",
  'option-cluster-etcd-ca': 'file of the authority that signed the certificates of etcd',
  'option-cluster-etcd-cert': 'file of the certificate to show to etcd',
  'option-cluster-etcd-key': 'file of its key',
  'option-cluster-libvirt-uri': 'how libvirt of the others reaches this one; default qemu+tls://ADDRESS/system',
  'option-cluster-witness': 'token: for a witness',
  'option-cluster-replaces': 'token: for a new machine in the place of this member, which is gone',
  'exit-members': '1    refused, with the reason; members: somebody does not renew',
} as const

/** What `vigia cluster` says. */
export const clusterWords = {
  'cluster-founded': '{member} is the first member of the cluster {cluster}',
  'cluster-joined': '{member} is a member of the cluster {cluster}',
  'cluster-restart': 'It takes effect when vigiad starts: systemctl restart vigiad',
  'cluster-token-hint':
    'Good for one host and one hour. There: vigia cluster join TOKEN --address ADDRESS, then systemctl restart vigiad',
  'cluster-leave-question': 'This host leaves its cluster and forgets its certificate. Go on? [y/N] ',
  'usage-yes-needed-here': 'this takes the host out of its cluster: repeat it with --yes',
  'cluster-left': '{member} has left: its vigiad disarms the watchdog and ends',
  'cluster-column-member': 'MEMBER',
  'cluster-column-kind': 'KIND',
  'cluster-column-state': 'STATE',
  'cluster-column-watchdog': 'WATCHDOG',
  'cluster-column-addresses': 'ADDRESSES',
  'cluster-host': 'host',
  'cluster-witness': 'witness',
  'cluster-leads': 'leads',
  'cluster-renews': 'renews',
  'cluster-silent': 'silent',
} as const
