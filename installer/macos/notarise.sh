#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# notarise.sh Hashira-VERSION.dmg: signs the image, has Apple look at it, staples the ticket to it. HASHIRA_SIGNING_IDENTITY names
# the certificate, HASHIRA_NOTARY_PROFILE the credentials that `xcrun notarytool store-credentials` has put into the keychain.
set -euo pipefail

readonly kImage=$1
: "${HASHIRA_SIGNING_IDENTITY:?names the certificate, Developer ID Application: …}"
: "${HASHIRA_NOTARY_PROFILE:?names the credentials in the keychain, see notarytool store-credentials}"

codesign --force --timestamp --sign "$HASHIRA_SIGNING_IDENTITY" "$kImage"
xcrun notarytool submit "$kImage" --keychain-profile "$HASHIRA_NOTARY_PROFILE" --wait
xcrun stapler staple "$kImage"
xcrun stapler validate "$kImage"
spctl --assess --type open --context context:primary-signature --verbose "$kImage"
