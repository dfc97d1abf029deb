#!/bin/sh
# Checks that what a build needs is here, and says how to install what is not.
# With --install, as root on Debian or Ubuntu, installs it, except Go itself.
set -eu

go_wanted=26 # Go 1.26 or newer
node_wanted=20
install=no
if [ "${1:-}" = "--install" ]; then install=yes; fi

has() { command -v "$1" >/dev/null 2>&1; }

# Compiling and linking a line of C++ shows that the compiler finds its
# headers and libraries too: DuckDB is linked from C++.
compiles() { # compiler, language
	has "$1" && printf '#include <stdlib.h>\nint main(void) { return 0; }\n' |
		"$1" -x "$2" - -o "$scratch/a.out" >/dev/null 2>&1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cc=${CC:-gcc}
cxx=${CXX:-g++}
if has go; then
	cc=$(go env CC 2>/dev/null || echo "$cc")
	cxx=$(go env CXX 2>/dev/null || echo "$cxx")
fi
cc=${cc%% *}
cxx=${cxx%% *}

missing() { # prints the Debian packages that are missing
	compiles "$cc" c || echo gcc libc6-dev
	compiles "$cxx" c++ || echo g++
	has make || echo make
	has git || echo git
	# The tests look at the console's pages in a browser, in four languages.
	if [ "$install" = yes ]; then
		has chromium || echo chromium
		[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || echo fonts-noto-cjk
	fi
}

packages=$(missing | paste -sd ' ' -)
if [ -n "$packages" ] && [ "$install" = yes ] && has apt-get && [ "$(id -u)" = 0 ]; then
	echo "require: installing $packages" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >&2
	# shellcheck disable=SC2086 # one word per package
	apt-get install -y -q --no-install-recommends $packages >&2
	packages=$(missing | paste -sd ' ' -)
fi

failed=no
if [ -n "$packages" ]; then
	failed=yes
	{
		echo "require: missing or not working: $packages"
		echo "  Debian, Ubuntu:  sudo apt-get install -y $packages"
		echo "  Fedora:          sudo dnf install -y gcc gcc-c++ make git"
		echo "  macOS:           xcode-select --install"
	} >&2
fi

if ! has go; then
	failed=yes
	echo "require: go is missing: install Go 1.$go_wanted or newer from https://go.dev/dl/ and put its bin folder on PATH" >&2
else
	version=$(go env GOVERSION 2>/dev/null || true)
	minor=${version#go1.}
	minor=${minor%%[!0-9]*}
	if [ -z "$minor" ] || [ "$minor" -lt "$go_wanted" ]; then
		failed=yes
		echo "require: Go 1.$go_wanted or newer is needed, found ${version:-one that does not run}: install it from https://go.dev/dl/ (the packages of Debian and Ubuntu may be older)" >&2
	elif [ "$(go env CGO_ENABLED)" != 1 ] && [ -z "$packages" ]; then
		failed=yes
		echo "require: CGO_ENABLED is 0: DuckDB and SQLite need cgo; unset it, or run 'go env -u CGO_ENABLED'" >&2
	fi
fi

if ! has node || ! has npm; then
	failed=yes
	echo "require: node and npm are missing: install Node $node_wanted or newer from https://nodejs.org/ (Debian's package may be older); the console is built with it" >&2
else
	major=$(node -p 'process.versions.node.split(".")[0]')
	if [ "$major" -lt "$node_wanted" ]; then
		failed=yes
		echo "require: Node $node_wanted or newer is needed, found $(node --version): install it from https://nodejs.org/" >&2
	fi
fi

[ "$failed" = no ]
