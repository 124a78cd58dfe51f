/** Help and words of `vigia cluster`. */
export const clusterHelp = {
  'cluster-summary': "this host's place among several",
  'cluster-about':
    'init makes this host the first member of a cluster, whose store is an etcd that Vigia starts on each member, or with --etcd one that is there already. token prints a token on any member; with it, join makes another host a member within the hour. leave takes this host out again: first move its guests away (maintenance); with a name it takes out one that is gone for good. with --forget, a host forgets a cluster whose store is another one now. members shows who belongs to it, and who renews now.\n\nbackup saves the whole store into a file; restore makes the store anew from one on a host whose vigiad and etcd are stopped, or from its own copy when all others are off for good (--alone). An etcd of your own is restored by its own tools, and made fit with restore --external. After a restore no guest starts until every host has been looked at. stand-down lets a host live on, its guests with it, whose store is lost for good.\n\nrotate-ca makes the authority anew that signs the certificates of all members, while everything goes on: all trust both, then all are given new certificates, then the old one is dropped. It waits for every member; interrupted at any point it goes on by itself.\n\nEach works on the files of /var/lib/vigia, so as root, and takes effect when vigiad starts again. A witness is a small machine that counts as a member and has no guests.',
  'cluster-example-init': 'the first host',
  'cluster-example-token': 'on a member: what the next host needs',
  'cluster-example-join': 'on the next host',
  'cluster-example-members': 'who is there',
  'cluster-example-rotate-ca': 'after a host was stolen: nothing that it holds opens anything any more',
  'cluster-example-backup': 'all that the cluster knows, in one file',
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
  'option-cluster-forget': 'leave, without a name: only this host forgets; the others are not asked',
  'option-cluster-alone': 'restore: all other members are off for good, and their guests with them',
  'option-cluster-no-wait': 'rotate-ca: return as soon as it has begun',
  'option-cluster-external':
    'restore, without a FILE: an etcd of your own, which its own tools have restored; no vigiad may run on any host',
  'option-cluster-replaced': 'leave: another machine takes its place at once, so two votes may be left in between',
  'exit-no-quorum': '106  no majority of the members answers, or would be left',
  'exit-members': '1    refused, with the reason; members: somebody does not renew',
} as const

/** What `vigia cluster` says. */
export const clusterWords = {
  'cluster-founded': '{member} is the first member of the cluster {cluster}',
  'cluster-joined': '{member} is a member of the cluster {cluster}',
  'cluster-join-waits': 'no majority of the members renews yet; waiting for one, {limit} at most',
  'cluster-restart': 'It takes effect when vigiad starts: systemctl restart vigiad',
  'cluster-token-hint':
    'Good for one host and one hour. There: vigia cluster join TOKEN, then systemctl restart vigiad',
  'cluster-leave-question': 'This host leaves its cluster and forgets its certificate. Go on? [y/N] ',
  'cluster-leave-question-other':
    '{member} is taken out of the cluster; its machine must be off for good. Go on? [y/N] ',
  'cluster-left-other': '{member} is no member any more',
  'usage-yes-needed-here': 'this asks for a yes: repeat it with --yes',
  'cluster-forget-question':
    'This host forgets its cluster and its certificate; its guests go on unwatched. Go on? [y/N] ',
  'cluster-forgotten': '{member} has forgotten its cluster; "vigia cluster join TOKEN" makes it a member again',
  'cluster-backed-up': 'the store is saved in {path}',
  'cluster-restore-question':
    'The store of this host is put aside, and the saved one takes its place. Every other member must have stood down ("vigia cluster stand-down") or be off. Go on? [y/N] ',
  'cluster-restore-question-alone':
    'All other members are off for good, and none of their guests runs: do you swear that? A guest that runs there would run twice. [y/N] ',
  'cluster-restore-question-external':
    'The etcd of this cluster was restored by its own tools: it is made to forget who owned which guest. vigiad must be stopped on every host. Go on? [y/N] ',
  'cluster-restored-external': 'the restored store may be used: on every host, systemctl start vigiad',
  'cluster-restored-external-waits':
    'No guest starts until every host that was a member has been looked at. One that joined after the store was saved is not known: there "vigia cluster leave --forget", then "vigia cluster join TOKEN". One that is off for good: "vigia swear-dead NAME".',
  'cluster-rotate-question':
    'All members are given new certificates of a new authority, and the store of each is started anew twice, one after the other. Guests go on. Go on? [y/N] ',
  'cluster-rotate-begun': 'the authority of the cluster is being changed',
  'cluster-rotate-goes-on': 'the authority of the cluster is being changed already',
  'cluster-rotate-stage': '{member}: {stage}',
  'cluster-rotate-none': 'has not begun',
  'cluster-rotate-trusts-both': 'trusts the old and the new authority',
  'cluster-rotate-renewed': 'shows a certificate of the new authority',
  'cluster-rotate-dropped': 'has dropped the old authority',
  'cluster-rotate-done': 'the cluster has a new authority; nothing of the old one opens anything',
  'cluster-rotate-left': 'It goes on without this command: "vigia doctor" says whom it waits for.',
  'cluster-restored': 'the store is restored and runs on this host: systemctl start vigiad',
  'cluster-restored-waits':
    'No guest starts until every host that was a member has been looked at: on each, "vigia cluster leave --forget", then "vigia cluster join TOKEN" with a token of "vigia cluster token --replaces NAME". One that is off for good: "vigia swear-dead NAME".',
  'cluster-restored-alone': 'The other members are members no more; replace them with "vigia cluster token".',
  'cluster-stand-down-question':
    'The store of this cluster is lost for good, and this host shall live on without it: its etcd ends, its watchdog is closed. Go on? [y/N] ',
  'cluster-stood-down':
    '{member} has stood down: its guests go on, and vigiad may be stopped ("systemctl stop vigiad")',
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
