#!/usr/bin/env bash
# The completions of `fps` in the shells that are installed here: bash, zsh and fish really complete. By hand: tests/console/completions.sh
# No test of the suite asks zsh or fish; a shell that is not here is said, and does not count as tried.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

tell() { # name of the shell, what it completed
    case "$2" in
    *exporter*) echo "$1 : complète" ;;
    *)
        echo "$1 : ne complète pas : $2" >&2
        status=1
        ;;
    esac
}

for shell in bash zsh fish; do
    if ! command -v "$shell" >/dev/null; then
        echo "$shell : absent, non essayé"
        continue
    fi
    fps completion "$shell" >"$work/fps.$shell"
    case "$shell" in
    bash)
        tell bash "$(bash --norc -c "source '$work/fps.bash'; $(sed -n 's/^complete .*-F \([^ ]*\) .*/f=\1/p' "$work/fps.bash"); COMP_WORDS=(fps bac exp); COMP_CWORD=2; \$f fps; echo \"\${COMPREPLY[*]}\"")"
        ;;
    zsh)
        cp "$work/fps.zsh" "$work/_fps"
        tell zsh "$(
            python3 - "$work" <<'PYTHON'
import os, pty, select, sys, time

work = sys.argv[1]
pid, terminal = pty.fork()
if pid == 0:
    os.execvpe("zsh", ["zsh", "-f", "-i"], os.environ | {"TERM": "xterm", "PS1": "> "})


def read(seconds: float) -> str:
    found, end = b"", time.monotonic() + seconds
    while time.monotonic() < end and b"exporter" not in found:
        if select.select([terminal], [], [], 0.2)[0]:
            found += os.read(terminal, 65536)
    return found.decode(errors="replace")


os.write(terminal, f"fpath=({work} $fpath); autoload -U compinit; compinit -u -D\n".encode())
read(4)
os.write(terminal, b"fps bac exp\t")
print(read(20).replace("\x08", ""))
os.close(terminal)
PYTHON
        )"
        ;;
    fish) tell fish "$(fish --no-config -c "source '$work/fps.fish'; complete -C 'fps bac exp'")" ;;
    esac
done
exit "$status"
