/** Help and words of `vigia cluster`. */
export const clusterHelp = {
  'cluster-summary': "this host's place among several",
  'cluster-about':
    'init makes this host the first member of a cluster, whose store is an etcd that Vigia starts on each member, or with --etcd one that is there already. token prints a token on any member; with it, join makes another host a member within the hour. leave takes this host out again: first move its guests away (maintenance); with a name it takes out one that is gone for good. members shows who belongs to it, and who renews now.\n\nEach works on the files of /var/lib/vigia, so as root, and takes effect when vigiad starts again. A witness is a small machine that counts as a member and has no guests.',
  'cluster-example-init': 'the first host',
  'cluster-example-token': 'on a member: what the next host needs',
  'cluster-example-join': 'on the next host',
  'cluster-example-members': 'who is there',
  'option-cluster-name': 'name of the cluster; its part of etcd is called so',
  'option-cluster-address':
    'IP address at which the other members reach this host, with :PORT for another than 7443; several with commas (join: default the one by which it reaches them)',
  'option-cluster-etcd':
    'URLs of an etcd that is there, with commas, the nearest first; without it Vigia starts its own (join: default what the others have)',
  'option-cluster-etcd-ca': 'file of the authority that signed the certificates of etcd',
  'option-cluster-etcd-cert': 'file of the certificate to show to etcd',
  'option-cluster-etcd-key': 'file of its key',
  'option-cluster-libvirt-uri': 'how libvirt of the others reaches this one; default qemu+tls://ADDRESS/system',
  'option-cluster-witness': 'token: for a witness',
  'option-cluster-replaces': 'token: for a new machine in the place of this member, which is gone',
  'option-cluster-replaced': 'leave: another machine takes its place at once, so two votes may be left in between',
  'exit-no-quorum': '106  no majority of the members answers, or would be left',
  'exit-members': '1    refused, with the reason; members: somebody does not renew',
} as const

/** What `vigia cluster` says. */
export const clusterWords = {
  'cluster-founded': '{member} is the first member of the cluster {cluster}',
  'cluster-joined': '{member} is a member of the cluster {cluster}',
  'cluster-restart': 'It takes effect when vigiad starts: systemctl restart vigiad',
  'cluster-token-hint':
    'Good for one host and one hour. There: vigia cluster join TOKEN, then systemctl restart vigiad',
  'cluster-leave-question': 'This host leaves its cluster and forgets its certificate. Go on? [y/N] ',
  'cluster-leave-question-other':
    '{member} is taken out of the cluster; its machine must be off for good. Go on? [y/N] ',
  'cluster-left-other': '{member} is no member any more',
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
