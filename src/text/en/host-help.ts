/** Help of the commands that look at the host itself: import, console. */
export const hostHelp = {
  'import-summary': 'draft a cluster file from the guests that libvirt has',
  'import-about':
    'Writes a cluster file for the guests that are there: libvirt’s domains, running or not, with their addresses and the ports that answer; memory, disks and interfaces as comments, because every guest keeps its libvirt definition. Guests that are off stay off. Connections seen between guests (in the connection table of the host, or by the guest agents) stand there as needs behind a #, to be confirmed. It needs no daemon and changes nothing.\n\nOnly running guests are asked, at the addresses libvirt reports for them, each port once and at most so many a second; a UDP port counts only where something comes back. With -o json, what was found is printed instead.',
  'import-example': 'draft a file, and look it through',
  'import-example-ports': 'ask other ports, and slowly',
  'option-libvirt-socket': 'the socket of libvirt; default {path}, or that of the modular daemon',
  'option-libvirt-uri': 'what to open there; default {uri}',
  'option-ports': 'ports to ask, such as 22,80/tcp,53/udp,8000-8010; none asks nothing; default {ports}',
  'option-rate': 'questions a second, at most; default {perSecond}',
  'option-save': 'write the file here, where there is none yet, instead of to standard output',
  'console-summary': 'a link into the web console, or the serial console of a guest',
  'console-about':
    'Without a guest: prints a link that lets whoever opens it into the web console, as an administrator; it is good once, for ten minutes, and needs no account.\n\nWith a guest: connects the terminal with the first serial console of a running guest, as a cable would, whichever host it is on. Every key goes to the guest, Ctrl-C too; Ctrl-] leaves. The guest has to have a console of type pty, and something on it that answers (a getty, console=ttyS0 for the kernel). One person at a time: --force takes it from another. The history says who sat there.',
  'console-example': 'look at it, and leave with Ctrl-]',
  'option-force-console': 'although somebody has it open: they lose it',
  'top-summary': 'show what guests and hosts use now, live',
  'top-about':
    'A table of hosts and guests with processor, memory (used / given; of a host used / there is), disk and network, the busiest first, kept up to date until Ctrl-C. The percentage of a guest counts one processor as 100, that of a host all of them together. Every host measures itself each 10 s; one that does not answer is named. What a guest uses of its memory is told by its balloon driver, where there is one. With -o, or where no person watches, what holds now is printed once.',
  'top-example': 'until Ctrl-C',
  'top-example-some': 'those tagged mail, by what they write and read',
  'option-sort': 'guests by this, most first; default cpu',
  'option-once': 'print the table once',
  'exit-ok-console': '0    left with Ctrl-], or the guest went down',
} as const
