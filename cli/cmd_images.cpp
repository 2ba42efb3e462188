// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/generation/output_lock.hpp"
#include "lgn/stimuli/noise_images.hpp"
#include "lgn/stimuli/synthetic_images.hpp"

namespace striate::cli {
namespace po = boost::program_options;

namespace {

struct PictureKind {
  const char* name;
  std::optional<lgn::NoiseKind> noise;
  std::size_t usual_count;
};
constexpr PictureKind kinds[] = {{"natural", std::nullopt, 118},
                                 {"sparse-noise", lgn::NoiseKind::sparse, 2400},
                                 {"white-noise", lgn::NoiseKind::white, 6000}};

const PictureKind& kind_named(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& kind : kinds) {
    if (name == kind.name) return kind;
    names.emplace_back(kind.name);
  }
  throw core::UsageError("invalid --kind {} (natural, sparse-noise or white-noise){}", name,
                         core::did_you_mean(name, names));
}

bool takes(const PictureKind& kind, std::string_view option) {
  return option == "square" ? kind.noise.has_value() : kind.noise == lgn::NoiseKind::sparse;
}

}  // namespace

core::ExitCode run_images(const Arguments& arguments, const core::Comm& world) {
  constexpr const char* usage = "striate images FILE.h5 [options]";
  Interface interface {
    .usage = usage,
    .description =
        "Makes pictures, in the dataset \"images\" (count x rows x columns):\n"
        "  natural       amplitude falls with spatial frequency f as 1/f, as in natural scenes: a stand-in "
        "for\n"
        "                images that are not at hand; float32, contrast -1 to 1\n"
        "  sparse-noise  few black and white squares on grey, none near another: for receptive fields\n"
        "  white-noise   black and white squares everywhere; both uint8 from 0 to 254, to be shown with\n"
        "                \"normalize\": [0, 254], with the squares by themselves in the group \"noise\"\n"
        "The paradigms sparse_noise and white_noise show 2400 and 6000 of them.",
    .options = {}, .positional = {
      "file"
    }
  };
  interface.options.add_options()  //
      ("kind", po::value<std::string>()->default_value("natural")->value_name("KIND"),
       "natural, sparse-noise or white-noise")  //
      ("count", po::value<std::int64_t>()->value_name("N"),
       "number of pictures (natural: 118; noise: as many as the paradigm shows)")  //
      ("rows", po::value<std::int64_t>()->default_value(80)->value_name("N"), "pixels (a degree each)")  //
      ("columns", po::value<std::int64_t>()->default_value(120)->value_name("N"), "pixels")  //
      ("square", po::value<double>()->default_value(4.65)->value_name("DEG"),
       "noise: side of a square in degrees")  //
      ("spacing", po::value<std::int64_t>()->default_value(5)->value_name("N"),
       "sparse noise: squares of grey around each")  //
      ("seed", po::value<std::int64_t>()->default_value(0)->value_name("S"), "random seed")  //
      ("force", "replace FILE.h5 if it is there");
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;
  const auto number = [&](const char* name, std::int64_t least, std::int64_t most) {
    const auto value = (*values)[name].as<std::int64_t>();
    if (value < least || value > most)
      throw core::UsageError("invalid --{} {} ({} to {})", name, value, least, most);
    return static_cast<std::size_t>(value);
  };
  const auto kind = kind_named((*values)["kind"].as<std::string>());
  for (const char* option : {"square", "spacing"})
    if (!(*values)[option].defaulted() && !takes(kind, option))
      throw core::UsageError("--{} does not apply to --kind {} remove it", option, kind.name);
  const double square_deg = (*values)["square"].as<double>();
  if (!(square_deg >= 0.1 && square_deg <= 1000))
    throw core::UsageError("invalid --square {} (degrees, 0.1 to 1000)", square_deg);
  const lgn::ImageSet set{
      .count = values->count("count") == 0 ? kind.usual_count : number("count", 1, 1'000'000),
      .rows = number("rows", 2, 10'000),
      .columns = number("columns", 2, 10'000),
      .seed = number("seed", 0, std::numeric_limits<std::int64_t>::max())};
  const std::filesystem::path file = (*values)["file"].as<std::vector<std::string>>().front();
  if (file.extension() != ".h5" && file.extension() != ".hdf5")
    throw core::UsageError("invalid file {} (its name must end in .h5: 'striate lgn' reads it by that)",
                           file);
  const auto lock = io::lock_file(file, world);
  if (world.is_root()) {
    // At the places that paradigms name, users' own images may lie.
    if (std::error_code ignored; values->count("force") == 0 && std::filesystem::exists(file, ignored))
      throw core::ConfigError("{} exists (its images would be lost) give --force or another name", file);
    if (kind.noise)
      lgn::write_noise_images({.kind = *kind.noise,
                               .count = set.count,
                               .rows = set.rows,
                               .columns = set.columns,
                               .square_deg = square_deg,
                               .spacing = number("spacing", 0, 1000),
                               .seed = set.seed},
                              file);
    else
      lgn::write_synthetic_images(set, file);
  }
  world.barrier();
  core::log::info("{} pictures of {} x {} pixels in {}", set.count, set.rows, set.columns, file);
  return core::ExitCode::done;
}

}  // namespace striate::cli
