#!/bin/sh
git log --format="%s" "$(git describe --tags --abbrev=0)..HEAD"
