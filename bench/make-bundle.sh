#!/usr/bin/env bash
# Cuts the bundled audio (tests/audio-bundle) out of three Debian packages.
#
#   bench/make-bundle.sh [DEB_FOLDER] [OUT_FOLDER]
#
# Needs Debian 12 (for the packages), ffmpeg with libvorbis and libopus, and unzip. Packages not found in
# DEB_FOLDER are fetched into it with `apt-get download`. Nothing is cut from a file whose licence the
# package's own copyright file does not name: see require_licence.
#
# Every piece of every upload is cut from the same PCM as its catalog file, on a millisecond, so truth.json
# is exact. Two runs with the same ffmpeg give the same bytes; another ffmpeg may encode differently, but
# the times in truth.json stay true.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
debs=$(realpath -m "${1:-/tmp/earmark-bundle-debs}")
out=$(realpath -m "${2:-$here/tests/audio-bundle}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_ffmpeg() { ffmpeg -nostdin -hide_banner -loglevel error -y -threads 1 "$@"; }
fail() { echo "make-bundle: $*" >&2; exit 1; }

# --- the packages -------------------------------------------------------------------------------------

fetch() { # package version sha256
  local file="$debs/$1_$2_all.deb"
  [ -f "$file" ] || (cd "$debs" && apt-get download -q "$1=$2")
  echo "$3  $file" | sha256sum --check --quiet || fail "$file is not the package this bundle was cut from"
  mkdir -p "$work/$1"
  dpkg-deb --fsys-tarfile "$file" | tar x -C "$work/$1"
}

# The copyright file's paragraph that lists the path must end in exactly this licence line.
require_licence() { # package path-in-copyright-file licence
  awk -v path="$2" -v licence="License: $3" '
    /^Files:/ { listed = 0; open = 1 }
    open { for (i = 1; i <= NF; i++) if ($i == path) listed = 1 }
    /^License:/ { if (open && listed && $0 == licence) found = 1; open = 0 }
    END { exit !found }' "$work/$1/usr/share/doc/$1/copyright" || fail "$1 does not license $2 as $3"
}

# --- one recording: a lossless cut, 44.1 kHz stereo ----------------------------------------------------

# Peaks above -3 dBFS are brought down to it, so that no encoder clips; quieter music is left as it is.
cut() { # id package file start_s duration_s
  local file="$work/$2/$3" peak gain
  [ -f "$file" ] || fail "no $3 in $2"
  local trim="atrim=start=$4:duration=$5,asetpts=PTS-STARTPTS,aresample=44100,aformat=channel_layouts=stereo"
  peak=$(level max "$file" "$trim")
  gain=$(awk -v peak="$peak" 'BEGIN { gain = -3 - peak; print (gain < 0 ? gain : 0) }')
  run_ffmpeg -i "$file" -map 0:a:0 -map_metadata -1 -af "$trim,volume=${gain}dB" -c:a pcm_f32le "$work/$1.wav"
}

level() { # max|mean file filter -> dBFS
  ffmpeg -nostdin -hide_banner -i "$2" -map 0:a:0 -af "$3,volumedetect" -f null - 2>&1 |
    sed -n "s/.*$1_volume: \(.*\) dB/\1/p"
}

exactly=(-map_metadata -1 -fflags +bitexact -flags:a +bitexact)
to_vorbis() { run_ffmpeg -i "$1" "${exactly[@]}" -ar 44100 -c:a libvorbis -q:a "$2" "${@:4}" "$3"; }
to_opus() { run_ffmpeg -i "$1" "${exactly[@]}" -ar 48000 -c:a libopus -b:a "$2" "${@:4}" "$3"; }

catalog() { # id codec package file-in-copyright licence file start_s duration_s title artist
  require_licence "$3" "$4" "$5"
  cut "$1" "$3" "$6" "$7" "$8"
  local tags=(-metadata "title=$9" -metadata "artist=${10}" -metadata "license=$5")
  case $2 in
    ogg) to_vorbis "$work/$1.wav" 0 "$out/catalog/$1.ogg" "${tags[@]}" ;;
    opus) to_opus "$work/$1.wav" 64k "$out/catalog/$1.opus" "${tags[@]}" ;;
  esac
  echo "$1,$1.$2,\"$9\",\"${10}\"" >>"$out/catalog/catalog.csv"
}

piece() { # id start_s duration_s output
  run_ffmpeg -i "$work/$1.wav" -af "atrim=start=$2:duration=$3,asetpts=PTS-STARTPTS" -c:a pcm_f32le "$4"
}

# The pieces of a compilation are brought to one loudness, as an uploader's editor would do.
level_piece() { # id start_s duration_s output
  piece "$1" "$2" "$3" "$work/unlevelled.wav"
  local mean; mean=$(level mean "$work/unlevelled.wav" anull)
  local gain; gain=$(awk -v mean="$mean" 'BEGIN { print -20 - mean }')
  run_ffmpeg -i "$work/unlevelled.wav" -af "volume=${gain}dB" -c:a pcm_f32le "$4"
}

# --- the bundle ----------------------------------------------------------------------------------------

mkdir -p "$debs"
fetch gamine-data 1.6-1 120e5aec63d23e5f46cd20d1aed100054a2d0663cfdd462c5e617743b775f6c7
fetch naev-data 0.8.2-1 a98849cacdfc72779e03ceb68f32af03cb3c3f382ba8b82e3299ef87254b454d
fetch ufoai-music 2.5-2 2465d55e9dce75a3a2a1ad1c8ca67da84e251c04e0965d63a8562b2d9f76f9e6
unzip -q "$work/ufoai-music/usr/share/games/ufoai/base/0music.pk3" -d "$work/ufoai-music"

rm -rf "$out"
mkdir -p "$out"/{catalog,uploads,stranger,twins}
echo external_id,path,title,artist >"$out/catalog/catalog.csv"

gamine=usr/share/games/gamine
naev=usr/share/naev
bach=sounds/BachJSBrandenburgConcertNo2inFMajorBWV1047mvmt1.ogg
marino="Manuel 'Vanethian' Marino"
reeves='David Reeves (Destructavator)'
whallon='Nikola Whallon'

catalog brandenburg-2 ogg gamine-data $bach public-domain $gamine/$bach 260 34 \
  'Brandenburg Concerto No 2 in F' 'J. S. Bach, performed by T. Willhoite'
naev_music() { catalog "$1" "$2" naev-data "./dat/snd/music/$3" "$4" "$naev/dat/snd/music/$3" "${@:5}"; }
naev_music void-sensor opus void_sensor.ogg CC-BY-3.0 100 32 'Void Sensor (qubodup cut)' Zeropage
naev_music ambiphonic ogg ambiphonic.ogg CC-BY-3.0 100 32 Ambiphonic Zeropage
naev_music whallon-automat ogg automat.ogg 'GPL-3 or CC-BY-3.0' 10 34 automat "$whallon"
naev_music whallon-intro ogg intro.ogg 'GPL-3 or CC-BY-3.0' 20 34 intro "$whallon"
ufoai_music() { catalog "$1" "$2" ufoai-music "base/music/$3" CC-BY-3.0 "music/$3" "${@:4}"; }
ufoai_music ufo-main-theme ogg van_theme.ogg 50 36 'Ufo: AI Main Theme' "$marino"
ufoai_music ufo-mission-2 ogg van_mission2.ogg 100 36 'Ufo: AI Mission Music 2' "$marino"
ufoai_music ufo-geoscape ogg van_geoscape.ogg 180 32 'Ufo: AI Geoscape Music' "$marino"
ufoai_music reeves-david01 opus David01.ogg 20 32 David01 "$reeves"
ufoai_music reeves-david03 ogg David03.ogg 60 34 David03 "$reeves"

# The stranger is never registered.
require_licence ufoai-music base/music/karlmacklin_geoscape.ogg CC-BY-3.0
cut stranger ufoai-music music/karlmacklin_geoscape.ogg 100 26
piece stranger 0 12 "$work/absent.wav"
to_vorbis "$work/absent.wav" 0 "$out/stranger/geoscape-theme-1.ogg" \
  -metadata 'title=Geoscape theme #1' -metadata 'artist=Karl Macklin' -metadata license=CC-BY-3.0

piece ufo-mission-2 10 15 "$work/twin.wav"
to_vorbis "$work/twin.wav" 3 "$out/twins/ufo-mission-2-44100.ogg"
to_opus "$work/twin.wav" 112k "$out/twins/ufo-mission-2-48000.opus"

piece ufo-main-theme 12 12 "$work/excerpt.wav"
to_vorbis "$work/excerpt.wav" 0 "$out/uploads/excerpt.ogg"

piece brandenburg-2 9 15 "$work/low-rate.wav"
# Left free, the encoder spends a third more than it is asked to.
to_opus "$work/low-rate.wav" 24k "$out/uploads/low-rate.opus" -vbr off

# Mono, so that the ratio of 3 dB is the ratio after a listener mixes down. Uniform noise of amplitude 1
# has a mean level of -4.77 dBFS. The sum is lowered by 6 dB: music near -3 dBFS plus noise would clip.
piece whallon-automat 8 15 "$work/clean.wav"
# Spelled out: ffmpeg's own downmix is 3 dB louder in floating point than in integers.
downmix='pan=mono|c0=0.5*c0+0.5*c1'
mean=$(level mean "$work/clean.wav" "$downmix")
noise_gain=$(awk -v mean="$mean" 'BEGIN { print mean - 3 + 4.77 }')
run_ffmpeg -i "$work/clean.wav" -f lavfi -i anoisesrc=color=white:amplitude=1:seed=20240229:sample_rate=44100:duration=15 \
  -filter_complex "[0:a]$downmix[music];[1:a]volume=${noise_gain}dB[noise];[music][noise]amix=inputs=2:normalize=0,volume=-6dB" \
  -c:a pcm_f32le "$work/under-noise.wav"
to_opus "$work/under-noise.wav" 48k "$out/uploads/under-noise.opus"

# Four pieces, each crossfaded into the next over 1 s: 17 + 15 + 19 + 20 s give 68 s.
level_piece reeves-david03 6 17 "$work/p1.wav"
level_piece stranger 6 15 "$work/p2.wav"
level_piece ufo-mission-2 12 19 "$work/p3.wav"
level_piece whallon-intro 8 20 "$work/p4.wav"
fade=acrossfade=duration=1:curve1=qsin:curve2=qsin
run_ffmpeg -i "$work/p1.wav" -i "$work/p2.wav" -i "$work/p3.wav" -i "$work/p4.wav" \
  -filter_complex "[0:a][1:a]$fade[a];[a][2:a]$fade[b];[b][3:a]$fade" -c:a pcm_f32le "$work/compilation.wav"
to_opus "$work/compilation.wav" 48k "$out/uploads/compilation.opus"

cat >"$out/uploads/uploads.csv" <<'CSV'
external_id,path
excerpt,excerpt.ogg
low-rate,low-rate.opus
under-noise,under-noise.opus
compilation,compilation.opus
CSV

# A piece begins and ends in the middle of its crossfade, so the pieces of an upload meet without a gap.
cat >"$out/uploads/truth.json" <<'JSON'
{
  "excerpt": [
    {
      "query_start_ms": 0,
      "query_end_ms": 12000,
      "external_id": "ufo-main-theme",
      "reference_start_ms": 12000
    }
  ],
  "low-rate": [
    { "query_start_ms": 0, "query_end_ms": 15000, "external_id": "brandenburg-2", "reference_start_ms": 9000 }
  ],
  "under-noise": [
    {
      "query_start_ms": 0,
      "query_end_ms": 15000,
      "external_id": "whallon-automat",
      "reference_start_ms": 8000
    }
  ],
  "compilation": [
    {
      "query_start_ms": 0,
      "query_end_ms": 16500,
      "external_id": "reeves-david03",
      "reference_start_ms": 6000
    },
    { "query_start_ms": 16500, "query_end_ms": 30500, "external_id": null, "reference_start_ms": null },
    {
      "query_start_ms": 30500,
      "query_end_ms": 48500,
      "external_id": "ufo-mission-2",
      "reference_start_ms": 12500
    },
    {
      "query_start_ms": 48500,
      "query_end_ms": 68000,
      "external_id": "whallon-intro",
      "reference_start_ms": 8500
    }
  ]
}
JSON

du -b --apparent-size --summarize "$out"
