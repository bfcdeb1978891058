# Sourced by demo.sh and test.sh: a Python environment with simgen in it, and the GL libraries where they may be installed.
# Sets PYTHON. Uses the active virtual environment if there is one, else makes .venv beside pyproject.toml.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export PIP_DISABLE_PIP_VERSION_CHECK=1

find_python() {
    local candidate
    for candidate in python3.12 python3.11 python3.10 python3 python; do
        if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; raise SystemExit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Python must be 3.10, 3.11 or 3.12 (the carla 0.9.16 wheel exists for no other), got none on PATH" >&2
    exit 3
}

# What open3d and the GL renderer load at run time; all of them are in Debian and Ubuntu.
GL_PACKAGES="libegl1 libgl1 libopengl0 libgl1-mesa-dri libgomp1 libusb-1.0-0 libx11-6"
GL_LIBRARIES="libEGL.so.1 libGL.so.1 libOpenGL.so.0 libgomp.so.1 libusb-1.0.so.0 libX11.so.6"

missing_libraries() {
    "$PYTHON" - $GL_LIBRARIES <<'PY'
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
PY
}

mesa_driver_missing() {
    local pattern
    for pattern in "/usr/lib/*/dri/swrast_dri.so" "/usr/lib/*/libgallium*.so" "/usr/lib64/dri/swrast_dri.so"; do
        compgen -G "$pattern" >/dev/null && return 1
    done
    ! command -v nvidia-smi >/dev/null
}

install_gl_libraries() {
    local missing
    missing="$(missing_libraries | tr '\n' ' ')"
    if [ -z "$missing" ] && ! mesa_driver_missing; then
        return
    fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing system libraries: $GL_PACKAGES"
        if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $GL_PACKAGES >/dev/null; then
            return
        fi
    fi
    echo "system libraries should be installed for GL cameras and Embree rays, missing: ${missing:-a Mesa driver}" >&2
    echo "  sudo apt-get install --no-install-recommends $GL_PACKAGES" >&2
}

make_environment() { # extra of pyproject.toml, or none
    local extra="${1:-}"
    if [ -n "${VIRTUAL_ENV:-}" ]; then
        PYTHON="$VIRTUAL_ENV/bin/python"
    else
        local base
        base="$(find_python)"
        if [ ! -x "$root/.venv/bin/python" ]; then
            echo "making a virtual environment in .venv with $("$base" --version)"
            "$base" -m venv "$root/.venv" || {
                echo "venv must be available for $base, got an error (Debian: apt-get install python3-venv)" >&2
                exit 3
            }
        fi
        PYTHON="$root/.venv/bin/python"
    fi
    install_gl_libraries
    local stamp="$("$PYTHON" -c 'import sys; print(sys.prefix)')/.simgen-${extra:-core}"
    if [ ! -e "$stamp" ] || [ "$root/pyproject.toml" -nt "$stamp" ]; then
        echo "installing simgen${extra:+[$extra]} and what it needs (about 300 MB to download the first time)"
        "$PYTHON" -m pip install --quiet --constraint "$root/tools/constraints.txt" --editable "$root${extra:+[$extra]}"
        touch "$stamp"
    fi
}
