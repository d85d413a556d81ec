// SPDX-License-Identifier: MIT
#include "simulation/world.h"

#include <map>
#include <optional>

// What must hold of each device's own commands.
namespace hashira::sim {
namespace {

using store::CommandState;

/// A row of the outbox, whole.
struct Row {
    Command command;
    HlcTime seen;
    CommandState state = CommandState::kPending;
    store::Accepted accepted = store::Accepted::kNever;
    std::string device;
    std::uint64_t number = 0;
};

std::vector<Row> rowsOf(store::Outbox& outbox) {
    std::vector<Row> rows;
    store::Statement select = outbox.database().prepare(
        "SELECT c.command_id, c.what, c.payload, c.stamp_ms, c.stamp_counter, c.stamp_origin, "
        "c.seen_ms, c.seen_counter, c.state, c.accepted, coalesce(d.device, ''), "
        "coalesce(c.number, 0) FROM commands c LEFT JOIN devices d ON d.ref = c.device "
        "ORDER BY c.seq");
    for (auto step = select.step(); step && *step; step = select.step()) {
        Row row;
        row.command.commandId = select.text(0);
        row.command.what = static_cast<What>(select.integer(1));
        row.command.payload = select.text(2);
        row.command.stamp = {select.integer(3), static_cast<std::uint32_t>(select.integer(4)),
                             std::string(select.text(5))};
        row.seen = {select.integer(6), static_cast<std::uint32_t>(select.integer(7))};
        row.state = static_cast<CommandState>(select.integer(8));
        row.accepted = static_cast<store::Accepted>(select.integer(9));
        row.device = select.text(10);
        row.number = static_cast<std::uint64_t>(select.integer(11));
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Whether the view has each field of the command, by its stamp or a greater one.
bool shows(const Document& view, const Fields& fields, const Stamp& stamp) {
    for (const FieldValue& field : fields) {
        const StampedField* held = view.find(field.name);
        if (held == nullptr || held->stamp < stamp) return false;
    }
    return true;
}

}  // namespace

void World::checkSent(SimDevice& device, const std::vector<Sent>& sends) {
    const std::string who = "device " + std::to_string(device.index) + ": ";
    std::map<std::pair<std::string, std::string>, std::string> wanted;  // (task, field) -> value
    for (const Sent& sent : sends) {
        if (!sent.fresh) wanted.clear();  // may be refused or older by now
        for (std::size_t i = 0; i < sent.drafts.size(); ++i) {
            if (sent.answered && sent.fresh)
                for (const FieldValue& field : sent.drafts[i].fields) {
                    if (field.name == "place") wanted.erase({sent.receipts[i].taskId, "done"});
                    wanted[{sent.receipts[i].taskId, field.name}] = field.value;
                }
            const auto row = device.core().outbox().find(sent.drafts[i].commandId);
            if (!sent.answered && sent.fresh && row && *row)
                violate(who + "a Send was refused, and a part of it taken");
        }
    }
    if (device.core().owes()) return;
    for (const auto& [at, value] : wanted) {
        const auto record = device.core().documents().record(at.first);
        if (!record || !*record || (*record)->view.value(at.second) != value)
            violate(who + "what was just sent for " + at.first + " is not shown: " + at.second);
    }
}

void World::checkOwnChanges(SimDevice& device) {
    const std::string who = "device " + std::to_string(device.index) + ": ";
    auto& acceptedStamps = m_acceptedStamps[device.index];
    std::map<std::string, std::optional<store::Record>> records;
    HlcTime accepted;  // the greatest stamp of an earlier command that Apply accepted
    for (const Row& row : rowsOf(device.core().outbox())) {
        const std::string& id = row.command.commandId;
        const Stamp& stamp = row.command.stamp;
        if (row.state == CommandState::kRejected && !m_refusedEver.contains(id))
            violate(who + "the command " + id + " was refused for no reason");
        if (row.accepted != store::Accepted::kNever &&
            acceptedStamps.try_emplace(id, stamp).first->second != stamp)
            violate(who + "the stamp of the accepted command " + id + " was changed");
        if (row.accepted == store::Accepted::kByApply)
            accepted = std::max(accepted, HlcTime(stamp));
        if (row.state == CommandState::kPending && row.accepted == store::Accepted::kNever &&
            (HlcTime(stamp) <= row.seen || HlcTime(stamp) <= accepted))
            violate(who + "the command " + id + " is stamped below what it was made over");
        if (row.state > CommandState::kConfirmed) continue;
        auto effect = effectOf(row.command.what, row.command.payload);
        if (!effect) continue;
        auto [at, fresh] = records.try_emplace(effect->taskId);
        if (fresh)
            if (auto found = device.core().documents().record(effect->taskId))
                at->second = std::move(*found);
        const auto& record = at->second;
        const auto& base = device.core().views().base().covered;
        const auto covered = base.find(row.device);
        const bool pending =
            row.state == CommandState::kPending ||
            (row.number > 0 && (covered == base.end() || row.number > covered->second));
        // What is covered may have left the window, and its task come back in part.
        if (!pending && (!record || record->version == 0)) continue;
        // The same, where only the datastore had what left the window, and it was set back.
        if (!pending && m_mayBeForgotten.contains(effect->taskId)) continue;
        if (!pending && m_datastore.swept().contains(effect->taskId))
            std::erase_if(effect->fields, [](const auto& f) { return !staysWhenSwept(f.name); });
        const auto acked = m_acked.find(id);
        if (!pending && acked != m_acked.end() && acked->second.mayBeLost) continue;
        // A clone, or this device before it was restored, may have sent it with a stamp shifted.
        const Stamp least = row.accepted == store::Accepted::kByHello ? Stamp() : stamp;
        if (!record || !shows(record->view, effect->fields, least))
            violate(who + "its own change " + id + " of " + effect->taskId + " is not shown");
    }
}

}  // namespace hashira::sim
