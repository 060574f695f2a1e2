/** Emoji by Slack's short names: the common ones, and every country's flag. */

const TABLE = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 rolling_on_the_floor_laughing 🤣 joy 😂
slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘
yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 hugging_face 🤗 thinking_face 🤔 zipper_mouth_face 🤐
neutral_face 😐 expressionless 😑 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔
sleeping 😴 mask 😷 face_with_thermometer 🤒 sunglasses 😎 nerd_face 🤓 confused 😕 worried 😟 open_mouth 😮 flushed 😳
pleading_face 🥺 cry 😢 sob 😭 scream 😱 weary 😩 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 partying_face 🥳
exploding_head 🤯 cold_sweat 😰 disappointed 😞 sweat 😓 saluting_face 🫡 melting_face 🫠 wave 👋 raised_hand ✋ ok_hand 👌
crossed_fingers 🤞 v ✌️ point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 point_up ☝️ +1 👍 thumbsup 👍 -1 👎
thumbsdown 👎 fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪
eyes 👀 eye 👁️ brain 🧠 bust_in_silhouette 👤 busts_in_silhouette 👥 person_raising_hand 🙋 shrug 🤷 man-shrugging 🤷‍♂️
woman-shrugging 🤷‍♀️ face_palm 🤦 technologist 🧑‍💻 robot_face 🤖 ghost 👻 skull 💀 alien 👽 heart ❤️ orange_heart 🧡
yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔 two_hearts 💕 sparkling_heart 💖
100 💯 boom 💥 dizzy 💫 sweat_drops 💦 dash 💨 speech_balloon 💬 thought_balloon 💭 zzz 💤 dog 🐶 cat 🐱 fox_face 🦊 bear 🐻
panda_face 🐼 rabbit 🐰 bee 🐝 butterfly 🦋 bug 🐛 snail 🐌 turtle 🐢 whale 🐳 bird 🐦 unicorn_face 🦄 penguin 🐧
seedling 🌱 evergreen_tree 🌲 deciduous_tree 🌳 palm_tree 🌴 cactus 🌵 herb 🌿 four_leaf_clover 🍀 maple_leaf 🍁 leaves 🍃
bouquet 💐 rose 🌹 sunflower 🌻 tulip 🌷 blossom 🌼 cherry_blossom 🌸 apple 🍎 lemon 🍋 banana 🍌 watermelon 🍉 grapes 🍇
strawberry 🍓 avocado 🥑 bread 🍞 cheese_wedge 🧀 pizza 🍕 hamburger 🍔 ramen 🍜 rice 🍚 sushi 🍣 cookie 🍪 cake 🍰
birthday 🎂 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 champagne 🍾 house 🏠 house_with_garden 🏡 office 🏢 factory 🏭
department_store 🏬 hammer_and_wrench 🛠️ wrench 🔧 hammer 🔨 nut_and_bolt 🔩 gear ⚙️ link 🔗 paperclip 📎 scissors ✂️
straight_ruler 📏 triangular_ruler 📐 package 📦 mailbox 📫 mailbox_with_mail 📬 email ✉️ e-mail 📧 envelope ✉️
incoming_envelope 📨 envelope_with_arrow 📩 inbox_tray 📥 outbox_tray 📤 memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 calendar 📆
date 📅 spiral_calendar_pad 🗓️ file_folder 📁 open_file_folder 📂 card_index 📇 page_facing_up 📄 bookmark 🔖 label 🏷️
newspaper 📰 books 📚 book 📖 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 moneybag 💰 credit_card 💳
receipt 🧾 dollar 💵 euro 💶 pound 💷 yen 💴 currency_exchange 💱 phone ☎️ telephone_receiver 📞 iphone 📱 computer 💻
keyboard ⌨️ printer 🖨️ camera 📷 movie_camera 🎥 tv 📺 bulb 💡 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 bell 🔔
no_bell 🔕 mega 📣 loudspeaker 📢 hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰ stopwatch ⏱️
timer_clock ⏲️ clock1 🕐 clock9 🕘 clock12 🕛 sunrise 🌅 sunny ☀️ partly_sunny ⛅ cloud ☁️ rain_cloud 🌧️ snowflake ❄️
zap ⚡ fire 🔥 rainbow 🌈 umbrella ☔ ocean 🌊 crescent_moon 🌙 earth_africa 🌍 earth_americas 🌎 earth_asia 🌏
globe_with_meridians 🌐 world_map 🗺️ star ⭐ star2 🌟 sparkles ✨ tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 ribbon 🎀
trophy 🏆 sports_medal 🏅 first_place_medal 🥇 dart 🎯 soccer ⚽ game_die 🎲 jigsaw 🧩 art 🎨 musical_note 🎵 headphones 🎧
car 🚗 bus 🚌 truck 🚚 articulated_lorry 🚛 ship 🚢 airplane ✈️ rocket 🚀 bike 🚲 train 🚆 anchor ⚓ construction 🚧
rotating_light 🚨 vertical_traffic_light 🚦 triangular_flag_on_post 🚩 checkered_flag 🏁 white_check_mark ✅ heavy_check_mark ✔️
ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ bangbang ‼️ exclamation ❗ question ❓ grey_question ❔
grey_exclamation ❕ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 sos 🆘 information_source ℹ️ new 🆕 free 🆓 up 🆙 ok 🆗
heavy_plus_sign ➕ heavy_minus_sign ➖ repeat 🔁 arrows_counterclockwise 🔄 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️
arrow_down ⬇️ arrow_right_hook ↪️ leftwards_arrow_with_hook ↩️ fast_forward ⏩ arrow_forward ▶️ double_vertical_bar ⏸️
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣
white_circle ⚪ black_circle ⚫ large_red_square 🟥 large_green_square 🟩 small_blue_diamond 🔹 large_blue_diamond 🔷
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ hash #️⃣ speaking_head_in_silhouette 🗣️
lantern 🏮 izakaya_lantern 🏮 dragon 🐉 amphora 🏺 teapot 🫖 chair 🪑 broom 🧹 basket 🧺 soap 🧼 potted_plant 🪴
candle 🕯️ shopping_trolley 🛒 shopping_bags 🛍️ baby 👶 family 👪 desert_island 🏝️ beach_with_umbrella 🏖️ tent ⛺
`;

const BY_NAME = new Map();
const words = TABLE.trim().split(/\s+/);
for (let index = 0; index < words.length; index += 2) BY_NAME.set(words[index], words[index + 1]);

let custom = new Map();

const REGIONAL_A = 0x1f1e6;
const SKIN = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };

/** What people react with most, for the first row of the picker. */
export const FREQUENT = ["+1", "white_check_mark", "eyes", "heart", "tada", "pray", "joy", "thinking_face"];

/** The character of `name` ("tada", "flag-gb", "wave::skin-tone-3"), or null when there is none. */
export function emoji(name) {
  const [base, tone] = name.split("::skin-tone-");
  const alias = /^alias:(.+)$/.exec(custom.get(base) ?? "")?.[1];
  const found = BY_NAME.get(alias ?? base) ?? flag(alias ?? base);
  if (!found) return null;
  return tone && SKIN[tone] ? found.replace("\ufe0f", "") + SKIN[tone] : found;
}

/** Take in the workspace's own emoji: `{name: "data:image/..." or "alias:name"}`. */
export function setCustomEmoji(byName) {
  custom = new Map(Object.entries(byName));
}

/** The picture of one of the workspace's own emoji, or null. */
export function emojiPicture(name) {
  const picture = custom.get(name) ?? "";
  return picture.startsWith("data:image/") ? picture : null;
}

function flag(name) {
  const country = /^(?:flag-)?([a-z]{2})$/.exec(name)?.[1];
  if (
    !country ||
    (!name.startsWith("flag-") &&
      !["gb", "de", "fr", "it", "es", "us", "cn", "jp", "kr", "ru"].includes(name))
  )
    return null;
  return [...country].map((letter) => String.fromCodePoint(REGIONAL_A + letter.charCodeAt(0) - 97)).join("");
}

/** Up to `limit` `[name, character]` pairs whose name holds `query`, those that begin with it first. */
export function searchEmoji(query, limit = 60) {
  const wanted = query.toLowerCase();
  const own = [...custom.keys()].map((name) => [name, emoji(name) ?? `:${name}:`]);
  const hits = [...BY_NAME, ...own].filter(([name]) => name.includes(wanted));
  if (/^flag-[a-z]{2}$/.test(wanted)) hits.unshift([wanted, flag(wanted)]);
  const rank = ([name]) => (name.startsWith(wanted) ? 0 : 1);
  return hits.sort((a, b) => rank(a) - rank(b)).slice(0, limit);
}
