// SPDX-License-Identifier: BSD-3-Clause
#include "core/pulse/stand_still.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace striate::core::pulse {
namespace {

constexpr double own_gap_periods = 4;  // the looker was stopped

bool is_waiting(const Slot& slot) {
  return slot.call[0] != '\0';
}

std::string duration(double seconds) {
  return seconds < 120 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

}  // namespace

StandStill::StandStill(int ranks, double limit_s, double period_s)
    : limit_s_(limit_s), period_s_(period_s), seen_(static_cast<std::size_t>(ranks)) {}

bool StandStill::is_silent(int rank) const {
  const auto& seen = seen_[static_cast<std::size_t>(rank)];
  return seen.slot.ended || last_look_s_ - seen.heard_s > limit_s_ / 2;
}

std::vector<Finding> StandStill::look(std::span<const Slot> slots, double now_s) {
  std::vector<Finding> findings;
  const bool anew = last_look_s_ < 0 || now_s - last_look_s_ > own_gap_periods * period_s_;
  last_look_s_ = now_s;
  for (std::size_t r = 0; r < seen_.size(); ++r) {
    auto& seen = seen_[r];
    const bool moved = take(seen, slots[r], now_s, anew);
    if (moved && std::exchange(seen.told, false))
      findings.push_back({.rank = static_cast<int>(r), .seconds = 0, .over = true, .slot = seen.slot});
  }
  const auto [hang, ranks] = culprits();
  for (const int rank : ranks) {
    auto& seen = seen_[static_cast<std::size_t>(rank)];
    if (!std::exchange(seen.told, true))
      findings.push_back(
          {.rank = rank, .hang = hang, .seconds = now_s - seen.moved_s, .over = false, .slot = seen.slot});
  }
  return findings;
}

bool StandStill::take(Seen& seen, const Slot& slot, double now_s, bool anew) {
  bool moved = false;
  if (slot.rounds != 0) {  // else it could not be read this time
    moved = slot.beats != seen.slot.beats || slot.calls != seen.slot.calls;
    if (slot.rounds != seen.slot.rounds) seen.heard_s = now_s;
    if (moved) seen.moved_s = now_s;
    seen.slot = slot;
  }
  if (anew) seen.heard_s = seen.moved_s = now_s;
  return moved;
}

StandStill::Culprits StandStill::culprits() const {
  std::vector<int> silent, busy, behind;
  std::uint64_t most_calls = 0;
  for (const auto& seen : seen_) most_calls = std::max(most_calls, seen.slot.calls);
  std::size_t still = 0;
  for (int rank = 0; rank < static_cast<int>(seen_.size()); ++rank) {
    const auto& seen = seen_[static_cast<std::size_t>(rank)];
    if (last_look_s_ - seen.moved_s <= limit_s_ || seen.slot.ended) continue;
    ++still;
    if (is_silent(rank))
      silent.push_back(rank);
    else if (!is_waiting(seen.slot))
      busy.push_back(rank);
    else if (seen.slot.calls < most_calls)
      behind.push_back(rank);
  }
  if (!silent.empty()) return {Hang::silent, silent};  // whoever else stands still may well wait for these
  if (!busy.empty()) return {Hang::busy, busy};
  if (still < seen_.size()) return {Hang::together, {}};  // they wait for one that is at work
  if (!behind.empty()) return {Hang::behind, behind};
  return {Hang::together, {0}};
}

std::string described(const Finding& finding) {
  const auto& slot = finding.slot;
  const auto who = fmt::format("rank {} (process {} on {})", finding.rank, slot.pid, slot.host.data());
  if (finding.over) return who + " goes on";
  const auto text = fmt::format("{} has made no progress for {}{}", who, duration(finding.seconds),
                                slot.phase[0] == '\0' ? "" : fmt::format(" in '{}'", slot.phase.data()));
  switch (finding.hang) {
    case Hang::silent:
      return text + " (it does not answer: stopped, or its machine or file system hangs)";
    case Hang::busy:
      return text + " (it is at work, or waits for a file, or runs in a circle)";
    case Hang::behind:
      return fmt::format("{} (it waits in {}, which the others have left)", text, slot.call.data());
    case Hang::together:
      return fmt::format("all ranks have waited for each other for {} in {} (is their network down?)",
                         duration(finding.seconds), slot.call.data());
  }
  return text;
}

}  // namespace striate::core::pulse
