// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/changes.h"
#include "frontend/client.h"
#include "frontend/dates.h"
#include "frontend/endpoint.h"
#include "frontend/files.h"
#include "frontend/step.h"
#include "frontend/week_store.h"

/// The CLI calls what all front ends share by its bare name.
namespace hashira::cli {
using namespace frontend;
}  // namespace hashira::cli
