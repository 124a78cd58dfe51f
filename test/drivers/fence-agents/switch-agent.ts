import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FenceDeviceSpec } from '../../../src/model/fence-device.ts'

/** A program with the stdin interface whose "power" is a file and whose mood is another: a real process, a pretend device. */
const program = `#!/usr/bin/perl
use strict;
my %given;
while (my $line = <STDIN>) { chomp $line; my ($key, $value) = split /=/, $line, 2; $given{$key} = $value; }
my $folder = $0; $folder =~ s{/[^/]*$}{};
sub slurp { open my $in, '<', "$folder/$_[0]" or return ''; local $/; my $text = <$in>; return $text // ''; }
sub put { open my $out, '>', "$folder/$_[0]"; print $out $_[1]; close $out; }
put('told', join '', map { "$_=$given{$_}\\n" } sort keys %given);
put('argv', join ' ', @ARGV);
my ($mood, $action) = (slurp('mood'), $given{action});
if ($action eq 'metadata') { print slurp('metadata'); exit 0; }
if ($mood eq 'dead') { put('children', $$); system 'sleep', '60'; sleep 60; }
if ($mood eq 'garbage') { print "\\xff\\xfe\\0 nonsense \\n"; exit 77; }
if ($mood eq 'huge') { my $line = 'x' x 65536; while (1) { print $line or last; } exit 1; }
if ($mood eq 'exit-2') { print STDERR "cannot open file\\n"; exit 2; }
if ($mood eq 'repeats') { print STDERR "unknown line password=$given{password}\\n"; exit 1; }
if ($action eq 'status') { my $power = slurp('power'); print "Status: ", uc $power, "\\n"; exit($power eq 'off' ? 2 : 0); }
put('power', $action) unless $mood eq 'lies';
if ($mood eq 'fails') { print STDERR "Failed: Timed out waiting to power OFF\\n"; exit 1; }
print "Success: Powered \\U$action\\n";
`

const metadata = `<?xml version="1.0" ?>
<resource-agent name="fence_switch" shortdesc="switch" >
<parameters>
<parameter name="action" required="1"><content type="string" default="reboot" /></parameter>
<parameter name="ip" required="1"><content type="string" /></parameter>
<parameter name="plug" required="0"><content type="string" /></parameter>
<parameter name="password" required="0"><content type="string" /></parameter>
<parameter name="power_wait" required="0"><content type="second" default="0" /></parameter>
</parameters>
<actions><action name="on" /><action name="off" /><action name="status" /><action name="metadata" /></actions>
</resource-agent>
`

export type Mood = 'works' | 'fails' | 'lies' | 'dead' | 'garbage' | 'huge' | 'exit-2' | 'repeats'

export class SwitchAgent {
  readonly folder = mkdtempSync(join(tmpdir(), 'vigia-fence-'))
  readonly path = join(this.folder, 'fence_switch')

  constructor() {
    this.write('fence_switch', program)
    chmodSync(this.path, 0o755)
    this.write('metadata', metadata)
    this.write('power', 'on')
    this.write('password', 'pass word"\n')
  }

  spec(change: Partial<FenceDeviceSpec> = {}): FenceDeviceSpec {
    return {
      id: 'fence_switch',
      agent: this.path,
      options: { ip: '192.0.2.1', plug: '3' },
      secrets: { password: join(this.folder, 'password') },
      timeoutMs: 30_000,
      ...change,
    }
  }

  setMood(mood: Mood): void {
    this.write('mood', mood)
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text)
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
